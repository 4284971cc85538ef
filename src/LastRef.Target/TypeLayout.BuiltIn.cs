namespace LastRef;

public sealed partial class TypeLayout
{
    private static readonly NtBuild[] s_builds =
        [NtBuild.Windows7Sp1, NtBuild.Windows10_1607, NtBuild.Windows10_1809, NtBuild.Windows10_2004, NtBuild.Windows11_21H2];

    // Filled once with the same content whoever asks first.
    private static readonly Lazy<TypeLayout>[] s_layouts =
        Array.ConvertAll(s_builds, build => new Lazy<TypeLayout>(() => LoadBuiltIn(build)));

    /// <summary>The builds that <see cref="For"/> knows, oldest first.</summary>
    public static IReadOnlyList<NtBuild> Builds => s_builds;

    /// <summary>The layouts that LastRef carries for a build.</summary>
    /// <exception cref="InputException">LastRef carries none for that build.</exception>
    public static TypeLayout For(NtBuild build)
    {
        var index = Array.IndexOf(s_builds, build);
        return index >= 0
            ? s_layouts[index].Value
            : throw new InputException($"No structure layouts are known for Windows build {(int)build}; known are {string.Join(", ", s_builds.Select(b => (int)b))}.");
    }

    /// <summary>Hand-written layouts of structures that no public symbol file of <paramref name="build"/> describes.</summary>
    public static IReadOnlyList<StructureLayout> Supplement(NtBuild build) => ReadSupplement(build).Structures;

    private static LayoutReader ReadSupplement(NtBuild build)
    {
        using var text = OpenResource("supplement.layout");
        return LayoutReader.Read(text, "supplement.layout", build);
    }

    private static TypeLayout LoadBuiltIn(NtBuild build)
    {
        var name = $"{(int)build}.layout";
        using var text = OpenResource(name);
        var extract = LayoutReader.Read(text, name, build);
        Invariant.Check(extract.Build == (int)build, $"{name} is the extract of build {extract.Build}");
        var supplement = ReadSupplement(build);

        // What the symbols say goes before what was written by hand.
        var structures = extract.Structures.Concat(supplement.Structures).ToList();
        foreach (var (alias, of) in supplement.Aliases)
        {
            if (structures.All(s => s.Name != alias))
                structures.Add(structures.First(s => s.Name == of).Renamed(alias));
        }

        return new TypeLayout(build, extract.Source, structures, extract.Enumerations);
    }

    private static StreamReader OpenResource(string name)
    {
        var stream = typeof(TypeLayout).Assembly.GetManifestResourceStream("LastRef.Layouts." + name);
        Invariant.Check(stream is not null, $"layout resource {name} is missing");
        return new StreamReader(stream);
    }
}

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

    /// <summary>A layout of exactly the fields that lie and look the same in all of <paramref name="layouts"/>.</summary>
    /// <param name="build">The build that it is assumed for.</param>
    /// <remarks>Enumerations keep the constants that have one value in all.</remarks>
    public static TypeLayout Common(NtBuild build, string source, IReadOnlyList<TypeLayout> layouts)
    {
        ArgumentOutOfRangeException.ThrowIfZero(layouts.Count);
        var first = layouts[0];
        var structures = new List<StructureLayout>();
        foreach (var structure in first.Structures)
        {
            var others = layouts.Skip(1).Select(layout => layout.Structure(structure.Name)).ToList();
            if (others.Contains(null))
                continue;
            var fields = structure.Fields.Where(field => others.All(other => other!.TryGetField(field.Name, out var same) && same == field));
            structures.Add(new StructureLayout(structure.Name, others.Aggregate(structure.Size, (size, other) => Math.Max(size, other!.Size)), source, fields));
        }

        var enumerations = new List<EnumerationLayout>();
        foreach (var enumeration in first._enumerations.Values)
        {
            var others = layouts.Skip(1).Select(layout => layout.Enumeration(enumeration.Name)).ToList();
            if (others.Contains(null))
                continue;
            enumerations.Add(new EnumerationLayout(enumeration.Name, enumeration.Size, enumeration.Constants.Where(constant =>
                others.All(other => other!.TryGetValue(constant.Key, out var value) && value == constant.Value))));
        }

        return new TypeLayout(build, source, structures, enumerations);
    }

    /// <summary>A layout of a symbol file's structures, completed by those that no public symbol file describes.</summary>
    public static TypeLayout Of(
        NtBuild build, string source, IEnumerable<StructureLayout> structures, IEnumerable<EnumerationLayout> enumerations,
        IReadOnlyDictionary<string, Rva>? symbols = null)
    {
        var supplement = ReadSupplement(build);

        // What the symbols say goes before what was written by hand.
        var all = structures.Concat(supplement.Structures).ToList();
        foreach (var (alias, of) in supplement.Aliases)
        {
            if (all.All(s => s.Name != alias) && all.Find(s => s.Name == of) is { } original)
                all.Add(original.Renamed(alias));
        }

        return new TypeLayout(build, source, all, enumerations, symbols);
    }

    private static TypeLayout LoadBuiltIn(NtBuild build)
    {
        var name = $"{(int)build}.layout";
        using var text = OpenResource(name);
        var extract = LayoutReader.Read(text, name, build);
        Invariant.Check(extract.Build == (int)build, $"{name} is the extract of build {extract.Build}");
        return Of(build, extract.Source, extract.Structures, extract.Enumerations, extract.Symbols);
    }

    private static StreamReader OpenResource(string name)
    {
        var stream = typeof(TypeLayout).Assembly.GetManifestResourceStream("LastRef.Layouts." + name);
        Invariant.Check(stream is not null, $"layout resource {name} is missing");
        return new StreamReader(stream);
    }
}

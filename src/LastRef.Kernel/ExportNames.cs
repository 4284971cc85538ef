namespace LastRef.Kernel;

/// <summary>Finds routines by module and name without touching the rest of the <see cref="ExportTable"/>.</summary>
/// <remarks>Read once a process from one literal: every machine of every scenario asks for the same names.</remarks>
internal static class ExportNames
{
    private const string Ntoskrnl = "ntoskrnl.exe";
    private const string Hal = "hal.dll";

    private static readonly (string Module, string Name)[] _names = Read();
    private static readonly Dictionary<string, Dictionary<string, int>> _numbers = Number();

    /// <summary>
    /// The routines that the kernel image exports, by name in ordinal order, with their numbers. From Windows 10 2004 on those of
    /// the HAL are among them (<c>hal.dll</c> only forwards); the lab's kernel has them in every build.
    /// </summary>
    public static IReadOnlyList<(string Name, int Export)> OfNtoskrnl { get; } =
    [
        .. _numbers[Ntoskrnl].Concat(_numbers[Hal].Where(e => !_numbers[Ntoskrnl].ContainsKey(e.Key)))
            .Select(e => (e.Key, e.Value)).OrderBy(e => e.Key, StringComparer.Ordinal),
    ];

    /// <summary>The name of a routine by its number.</summary>
    public static string NameOf(int export) => _names[export].Name;

    /// <summary>The number of a routine; null when no image of the kernel exports it.</summary>
    public static int? Find(string module, string name) =>
        _numbers.TryGetValue(module, out var numbers) && numbers.TryGetValue(name, out var export) ? export : null;

    private static (string, string)[] Read()
    {
        var names = new (string, string)[ExportTable.Count];
        var text = ExportTable.Names.AsSpan();
        var module = "";
        for (var export = 0; export < names.Length; export++)
        {
            var line = text[..text.IndexOf('\n')];
            text = text[(line.Length + 1)..];
            var space = line.IndexOf(' ');
            if (!line[..space].SequenceEqual(module))
                module = line[..space].ToString();
            names[export] = (module, line[(space + 1)..].ToString());
        }

        return names;
    }

    private static Dictionary<string, Dictionary<string, int>> Number()
    {
        var modules = new Dictionary<string, Dictionary<string, int>>(StringComparer.OrdinalIgnoreCase);
        for (var export = 0; export < _names.Length; export++)
        {
            var (module, name) = _names[export];
            if (!modules.TryGetValue(module, out var numbers))
                modules.Add(module, numbers = new Dictionary<string, int>(StringComparer.Ordinal));
            numbers.Add(name, export);
        }

        return modules;
    }
}

using LastRef.Lab;
using LastRef.Symbols;

namespace LastRef.Tests;

/// <summary>Runs checks of committed drivers, each once for all tests of a process.</summary>
internal static class Checks
{
    private static readonly Dictionary<string, CheckResult> _done = [];
    private static readonly Lock _lock = new();

    public static CheckResult Run(string file, string? with = null, string? scenario = null)
    {
        lock (_lock)
        {
            var key = $"{file}|{with}|{scenario}";
            if (!_done.TryGetValue(key, out var result))
                _done[key] = result = Run(Driver(file, with), with is null ? [] : [Neighbour(with)], scenario);
            return result;
        }
    }

    /// <summary>A check of committed drivers on a profile.</summary>
    public static CheckResult Run(string file, IEnumerable<string> with, string? scenario, InputFile profile) =>
        Run(Driver(file, null), [.. with.Select(Neighbour)], scenario, profile);

    public static CheckResult Run(InputFile driver, IReadOnlyList<InputFile> with, string? scenario, InputFile? profile = null) =>
        new LabChecker().Check(
            new CheckRequest { Driver = driver, With = with, Scenarios = scenario is null ? [] : [scenario], Profile = profile, AuditReferences = true },
            new NoProgress());

    public static InputFile Input(string name) => new(Repository.Driver(name), File.ReadAllBytes(Repository.Driver(name)));

    /// <summary>A library keeps its name where its neighbour imports it by that name.</summary>
    private static InputFile Driver(string name, string? with) =>
        !Anonymous.IsOn ? Input(name) : IsImportedBy(name, with) ? Anonymous.Neighbour(Input(name)) : Anonymous.Driver(Input(name));

    private static bool IsImportedBy(string name, string? with) =>
        with is not null && PeImage.Parse(Input(with).Content, with).Imports.Any(module => module.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static InputFile Neighbour(string name) => Anonymous.IsOn ? Anonymous.Neighbour(Input(name)) : Input(name);

    /// <summary>Function and line of a site in a committed driver; the byte before the return address lies in the call.</summary>
    public static SourceLocation? Locate(CallSite site)
    {
        var path = Repository.Driver(Anonymous.Original(site.Module ?? ""));
        if (!File.Exists(path))
            return null;
        var image = PeImage.Parse(File.ReadAllBytes(path), path);
        var symbols = ImageSymbols.Load(image, path, []);

        // A routine's own start is no return address.
        return symbols.Find(site.Rva) is { FunctionOffset: 0 } start ? start : symbols.Find(new Rva(site.Rva.Value - 1));
    }

    private sealed class NoProgress : IProgress<CheckProgress>
    {
        public void Report(CheckProgress value)
        {
        }
    }
}

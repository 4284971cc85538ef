using LastRef.Dumps;
using LastRef.Lab;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>The machine of every committed driver can be saved and read, whatever state the driver left it in.</summary>
public sealed class EveryDriverTests : IDisposable
{
    private static readonly NtBuild[] s_builds = [.. TypeLayout.Builds];
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void The_machine_of_every_driver_is_saved_and_read()
    {
        var problems = new List<string>();
        var saved = 0;
        var folder = Path.GetDirectoryName(SavedMachine.PathOf("model-pnp.sys"))!;
        foreach (var (path, index) in Directory.GetFiles(folder, "*.sys").Order(StringComparer.Ordinal).Select((path, index) => (path, index)))
        {
            var request = new CheckRequest
            {
                Driver = new InputFile(path, File.ReadAllBytes(path)),
                Scenarios = ["start-stop", "add-start-remove"],
                Build = s_builds[index % s_builds.Length],
                MaximumInstructions = 20_000_000,
                Concluded = (result, machine) =>
                {
                    DumpWriter.Write(machine(), _path);
                    using var dump = DumpFile.Open(_path);
                    problems.AddRange(dump.Notes.Select(note => $"{Path.GetFileName(path)}, {result.Verdict.Scenario}: {note}"));
                    var modules = Walker.Links(new ListEntry(dump.Kernel, dump.LoadedModuleList!.Value), 1000);
                    if (!modules.IsComplete || modules.Items.Count < 2 || dump.Symbols.Quality != SymbolQuality.Exact)
                        problems.Add($"{Path.GetFileName(path)}, {result.Verdict.Scenario}: {modules.Items.Count} modules, {modules.Reservation}, {dump.Symbols.Quality}");
                    saved++;
                },
            };
            new LabChecker().Check(request, new Progress<CheckProgress>());
        }

        Assert.Empty(problems);
        Assert.InRange(saved, 150, 10_000);
    }
}

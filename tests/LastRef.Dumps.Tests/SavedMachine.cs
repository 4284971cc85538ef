using LastRef.Lab;

namespace LastRef.Tests;

/// <summary>Machines of the lab, saved at the end of a scenario.</summary>
internal static class SavedMachine
{
    /// <summary>Runs one scenario and hands its machine over while it still lives.</summary>
    public static ScenarioResult Run(string driver, string scenario, NtBuild build, Action<MachineImage> use)
    {
        ScenarioResult? ended = null;
        var request = new CheckRequest
        {
            Driver = new InputFile(driver, File.ReadAllBytes(PathOf(driver))),
            Scenarios = [scenario],
            Build = build,
            Concluded = (result, machine) =>
            {
                ended = result;
                use(machine());
            },
        };
        new LabChecker().Check(request, new NoProgress());
        return ended ?? throw new InvalidOperationException("No scenario ended.");
    }

    public static string PathOf(string driver)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, "drivers", "bin", driver);
            if (File.Exists(path))
                return path;
        }

        throw new FileNotFoundException($"drivers/bin has no {driver}; drivers/build.sh makes it.");
    }

    private sealed class NoProgress : IProgress<CheckProgress>
    {
        public void Report(CheckProgress value)
        {
        }
    }
}

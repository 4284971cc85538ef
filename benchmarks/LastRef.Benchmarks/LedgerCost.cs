using System.Globalization;
using LastRef.Kernel;
using LastRef.Lab;
using LastRef.Symbols;

namespace LastRef.Benchmarks;

/// <summary>What the ledger and the trace cost: the same runs with everything recorded and with nothing recorded, in turn.</summary>
internal static class LedgerCost
{
    private const int Rounds = 9;

    /// <summary>Prints, for every driver of a folder, the ratio of the processor times of its scenarios, and the ratio over all.</summary>
    /// <param name="folder">Holds the drivers; those that do not start alone are left out.</param>
    public static void Print(string folder)
    {
        Console.WriteLine("| driver | scenarios | with, ms | without, ms | ratio |\n|---|---|---|---|---|");
        var (allWith, allWithout) = (0.0, 0.0);
        foreach (var path in Directory.GetFiles(folder, "*.sys").Order(StringComparer.Ordinal).Where(path => Path.GetFileName(path)[0] is 'm' or 'r'))
        {
            var (scenarios, with, without) = Measure(new CheckRequest { Driver = new InputFile(path, File.ReadAllBytes(path)) });
            allWith += with;
            allWithout += without;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {Path.GetFileName(path)} | {scenarios} | {with:F2} | {without:F2} | {with / without:F2} |"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nall: {allWith:F0} ms with, {allWithout:F0} ms without, ratio {allWith / allWithout:F2} (medians of {Rounds} rounds, processor time)"));
    }

    private static (int Scenarios, double With, double Without) Measure(CheckRequest request)
    {
        var image = DriverImageCheck.Parse(request.Driver.Content, request.Driver.Path);
        var subject = Probe.Learn(image, request, new DeviceProfile());
        var (count, with, without) = (0, 0.0, 0.0);

        // What the PnP manager tells of a failed start it reads from the trace, so a run without it may go another way: such a one is left out.
        foreach (var scenario in ScenarioCatalogue.All.Where(scenario => scenario.Applies(subject.Traits)))
        {
            var (recorded, silent) = (new List<double>(), new List<double>());
            if (Drive(subject, scenario, request, isSilent: false) != Drive(subject, scenario, request, isSilent: true))
                continue;
            for (var round = 0; round < Rounds; round++)
            {
                recorded.Add(ThreadClock.Measure(() => Drive(subject, scenario, request, isSilent: false)));
                silent.Add(ThreadClock.Measure(() => Drive(subject, scenario, request, isSilent: true)));
            }

            count++;
            with += Median(recorded) / 1e6;
            without += Median(silent) / 1e6;
        }

        return (count, with, without);
    }

    /// <returns>Guest instructions executed: the same with and without.</returns>
    private static ulong Drive(Subject subject, Scenario scenario, CheckRequest request, bool isSilent)
    {
        using var machine = new LabMachine(LabChecker.OptionsFor(request) with { RecordNothing = isSilent });
        var run = new ScenarioRun(machine, subject, scenario);
        scenario.Drive(run);
        run.Conclude();
        return machine.Kernel.Processor.InstructionCount;
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        return values[values.Count / 2];
    }
}

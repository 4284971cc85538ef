using System.Diagnostics;
using System.Globalization;
using LastRef.Lab;

namespace LastRef.Benchmarks;

/// <summary>How long a check takes: each scenario in a warm process, and the tool as a whole process beside an empty one.</summary>
internal static class LabSpeed
{
    private const int Rounds = 15;

    /// <summary>Prints, for every model driver and scenario, the median time of one check of it (probe and scenario) and what it allocates.</summary>
    /// <param name="folder">Holds the model drivers.</param>
    public static void PrintScenarios(string folder)
    {
        Console.WriteLine("| driver | scenario | median, ms | slowest, ms | allocated, KiB |\n|---|---|---|---|---|");
        foreach (var path in Directory.GetFiles(folder, "model-*.sys").Order(StringComparer.Ordinal))
        {
            var file = new InputFile(path, File.ReadAllBytes(path));
            var names = new LabChecker().Check(new CheckRequest { Driver = file }, new Progress<CheckProgress>()).Scenarios.Select(s => s.Verdict.Scenario).ToList();
            foreach (var name in names)
                PrintScenario(file, name);
        }

        using var process = Process.GetCurrentProcess();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\npeak memory of this process: {process.PeakWorkingSet64 >> 20} MiB"));
    }

    /// <summary>Prints the ratio of two programs' wall times, run in turn.</summary>
    /// <param name="tool">Program and arguments of the tool.</param>
    /// <param name="yardstick">The program that does nothing.</param>
    public static void PrintProcesses(string[] tool, string yardstick)
    {
        Start(tool);
        Start([yardstick]);
        var pairs = Enumerable.Range(0, Rounds).Select(_ => (Tool: Start(tool), Empty: Start([yardstick]))).ToList();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Median(pairs.Select(p => p.Tool)):F0} ms, an empty program {Median(pairs.Select(p => p.Empty)):F0} ms, ratio {Median(pairs.Select(p => p.Tool / p.Empty)):F2} (median of {Rounds} pairs)"));
    }

    private static void PrintScenario(InputFile file, string scenario)
    {
        var request = new CheckRequest { Driver = file, Scenarios = [scenario] };
        var times = new List<double>();
        var allocated = 0L;
        for (var round = 0; round < Rounds + 2; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            new LabChecker().Check(request, new Progress<CheckProgress>());
            if (round >= 2)
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {file.FileName} | {scenario} | {Median(times):F1} | {times.Max():F1} | {allocated >> 10} |"));
    }

    private static double Start(string[] command)
    {
        var start = Stopwatch.GetTimestamp();
        using var process = Process.Start(new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true })
            ?? throw new InvalidOperationException($"{command[0]} did not start.");
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? Stopwatch.GetElapsedTime(start).TotalMilliseconds
            : throw new InvalidOperationException($"{command[0]} ended with {process.ExitCode}.");
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}

using System.CommandLine;
using LastRef.Dumps;
using LastRef.Reports;

namespace LastRef.Cli;

/// <summary>Answers questions about an open dump. Each reads first and gives back what writes the answer.</summary>
internal sealed class DumpRun(Dump dump, MachineSurvey survey, bool verbose)
{
    private readonly SmallDump? _small = dump.Triage is { } triage ? new SmallDump(triage) : null;

    /// <summary>The report on one driver.</summary>
    /// <exception cref="UsageException">The dump knows no driver of that name.</exception>
    public Func<int> Judge(string name, ReportOutputs outputs, ParseResult parsed)
    {
        var result = _small is not null
            ? _small.Judge(name, CrashOf(dump)) ?? throw Unknown(name)
            : survey.Find(name) is { } subject ? PostMortem.Judge(survey, subject, CrashOf(dump))
            : survey.KnowsAllModules ? throw Unknown(name) : PostMortem.OfNameNotFound(name, CrashOf(dump));
        var report = new ReportBuilder(new NoSymbols()).Build(result) with
        {
            Dump = new ReportDump(Path.GetFileName(dump.Name), KindInWords(), dump.Identity.Build, Structures(), ReportBugCheck.Of(result.Crash)),
        };
        return () =>
        {
            if (!outputs.TakesStandardOutput(parsed))
            {
                Console.Out.WriteLine(Heading());
                new ConsoleReport(Terminal.Output()).Write(report, verbose);
                WriteUnseen();
            }

            return outputs.Write(parsed, [report]) ? ExitCode.Of(result) : ExitCode.Unreadable;
        };
    }

    /// <summary>The drivers that look stuck.</summary>
    public Func<int> ShowStuck()
    {
        var stuck = survey.StuckDrivers();
        var count = survey.Drivers.Count;
        return () =>
        {
            Console.Out.WriteLine(Heading());
            var table = new TextTable("DRIVER", "IMAGE", "WHY");
            foreach (var driver in stuck)
            {
                for (var i = 0; i < driver.Why.Count; i++)
                    table.Add(i == 0 ? driver.Name : "", i == 0 ? driver.Driver?.ImageName ?? "-" : "", driver.Why[i]);
            }

            if (stuck.Count > 0)
                table.Write(Console.Out);
            else if (count > 0)
                Console.Out.WriteLine($"None of {count} drivers looks stuck.");
            else
                Console.Out.WriteLine(_small?.Summary ?? "No driver objects were found in the dump.");
            WriteUnseen();
            return stuck.Count > 0 ? ExitCode.Finding : count == 0 || survey.Gaps.Count > 0 ? ExitCode.Inconclusive : ExitCode.Clean;
        };
    }

    /// <summary>A table as it is in the dump.</summary>
    public Func<int> List(string name)
    {
        var table = _small is not null && name == "drivers" ? _small.Images() : new DumpTables(survey).Of(name);
        return () =>
        {
            table.Write(Console.Out);
            WriteUnseen();
            return survey.IsCancelled || (table.Count == 0 && survey.Gaps.Count > 0) ? ExitCode.Inconclusive : ExitCode.Clean;
        };
    }

    private string Heading()
    {
        var crash = ReportBugCheck.Of(CrashOf(dump)) is { } check ? $", {check.Text}" : "";
        return $"{dump.Name}: {KindInWords()} of build {dump.Identity.Build}{crash}; structures from {Structures()}";
    }

    private string KindInWords() => dump.Kind switch
    {
        DumpKind.Full or DumpKind.Bitmap or DumpKind.Ranges when dump.Header is { IsLive: true } => "dump of a running machine",
        DumpKind.Full => "full dump",
        DumpKind.Bitmap => "kernel dump",
        DumpKind.Ranges => "kernel dump",
        DumpKind.Triage => "small dump",
        _ => "memory image",
    };

    private string Structures() => $"{dump.Symbols.Source} ({Fit(dump.Symbols.Quality)})";

    private static string Fit(SymbolQuality quality) => quality switch
    {
        SymbolQuality.Exact => "exact",
        SymbolQuality.SameBuild => "same build, perhaps another update",
        _ => "assumed: only what is the same in all builds",
    };

    private void WriteUnseen()
    {
        const int few = 5;

        // Of a small dump nothing but its modules was to be seen, which has been said.
        var lines = dump.Notes.Concat(_small is not null && !verbose ? [] : survey.Gaps).ToList();
        foreach (var line in verbose ? lines : lines.Take(few))
            Console.Error.WriteLine($"lastref: not seen: {line}");
        if (!verbose && lines.Count > few)
            Console.Error.WriteLine($"lastref: and {lines.Count - few} more things that could not be seen (--verbose)");
    }

    private static MachineCrash? CrashOf(Dump dump) => dump.Header is { IsLive: false, BugCheckCode: > 0 } header
        ? new MachineCrash(header.BugCheckCode, [header.BugCheckParameter(0), header.BugCheckParameter(1), header.BugCheckParameter(2), header.BugCheckParameter(3)])
        : null;

    private UsageException Unknown(string name)
    {
        var near = survey.Drivers.Select(d => d.ShortName).Where(d => d.Contains(name, StringComparison.OrdinalIgnoreCase) || name.Contains(d, StringComparison.OrdinalIgnoreCase))
            .Where(d => d.Length > 2).Take(5).ToList();
        var hint = near.Count > 0 ? $"; near: {string.Join(", ", near)}" : "; lastref dump FILE --list drivers shows all";
        return new UsageException($"{dump.Name}: there is no driver '{name}', neither loaded nor in the history of unloaded ones{hint}");
    }
}

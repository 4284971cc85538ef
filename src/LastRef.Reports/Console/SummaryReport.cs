using Spectre.Console;

namespace LastRef.Reports;

/// <summary>One line a driver, for many drivers at once.</summary>
public sealed class SummaryReport(IAnsiConsole console)
{
    private const int FileWidth = 28;
    private const int VerdictWidth = 14;

    /// <summary>File, verdict, and the reason that must be fixed first with its holder.</summary>
    public void Write(CheckReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        var finding = report.First?.Finding;
        var scenarios = finding is null
            ? ""
            : $" ({report.Scenarios.Count(s => s.Findings.Any(f => f.Counts && f.Reason == finding.Reason))} of {report.Scenarios.Count} scenarios)";
        var why = finding is not null
            ? $"{finding.Reason} {finding.Title}{scenarios}"
            : report.Scenarios.SelectMany(scenario => scenario.Inconclusive).FirstOrDefault() ?? "";
        console.WriteLine($"{ConsoleReport.Printable(report.Driver.File),-FileWidth} {report.Verdict,-VerdictWidth} {ConsoleReport.Printable(why)}".TrimEnd());
    }
}

namespace LastRef.Reports;

/// <summary>The report on one driver: the model that every format is made of, and the JSON of schema <c>lastref/report/1</c>.</summary>
/// <param name="Verdict">The worst scenario's.</param>
/// <param name="Unsupported">What LastRef does not model and the runs met.</param>
public sealed record CheckReport(
    string Schema, ReportDriver Driver, string Verdict, ReportExercised Exercised,
    IReadOnlyList<ReportScenario> Scenarios, IReadOnlyList<ReportUnsupported> Unsupported)
{
    public const string SchemaName = "lastref/report/1";

    /// <summary>Why source lines are missing, one line each; empty when no symbol file was refused.</summary>
    public IReadOnlyList<string> Symbols { get; init; } = [];

    /// <summary>The dump that was read; null for a check.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public ReportDump? Dump { get; init; }

    /// <summary>What must be fixed first: the first finding that counts of the worst scenario that has one; null when none counts.</summary>
    internal (ReportScenario Scenario, ReportFinding Finding)? First => Scenarios
        .OrderBy(scenario => Enum.TryParse<LastRef.Verdict>(scenario.Verdict, out var verdict) ? (int)verdict : int.MaxValue)
        .SelectMany(scenario => scenario.Findings.Where(finding => finding.Counts).Take(1).Select(finding => ((ReportScenario, ReportFinding)?)(scenario, finding)))
        .FirstOrDefault();

    /// <summary>True for a report on a dump: it has no run that could be had again.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public bool IsPostMortem => Dump is not null;
}

namespace LastRef.Reports;

/// <summary>The report on one driver: the model that every format is made of, and the JSON of schema <c>lastref/report/1</c>.</summary>
/// <param name="Verdict">The worst scenario's.</param>
/// <param name="Unsupported">What LastRef does not model and the runs met.</param>
public sealed record CheckReport(
    string Schema, ReportDriver Driver, string Verdict, ReportExercised Exercised,
    IReadOnlyList<ReportScenario> Scenarios, IReadOnlyList<ReportUnsupported> Unsupported)
{
    public const string SchemaName = "lastref/report/1";
}

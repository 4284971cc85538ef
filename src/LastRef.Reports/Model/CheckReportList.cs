namespace LastRef.Reports;

/// <summary>The reports on several drivers, in the order of the command line.</summary>
public sealed record CheckReportList(string Schema, IReadOnlyList<CheckReport> Reports)
{
    public const string SchemaName = "lastref/report-list/1";
}

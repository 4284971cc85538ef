using System.Text.Json;
using System.Text.Json.Serialization;

namespace LastRef.Reports;

/// <summary>The JSON form of reports; its schema is schemas/report.schema.json.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NewLine = "\n",
    DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(CheckReport))]
[JsonSerializable(typeof(CheckReportList))]
public sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>One report is an object of its own; several make a list. Ends with a line feed.</summary>
    public static string Write(IReadOnlyList<CheckReport> reports)
    {
        ArgumentNullException.ThrowIfNull(reports);
        var json = reports.Count == 1
            ? JsonSerializer.Serialize(reports[0], Readable.CheckReport)
            : JsonSerializer.Serialize(new CheckReportList(LastRef.Reports.CheckReportList.SchemaName, reports), Readable.CheckReportList);
        return json + "\n";
    }

    /// <summary>Backslashes of object names aside, people read these files: no escapes for quotes in text or for plus signs.</summary>
    private static ReportJson Readable { get; } = new(new JsonSerializerOptions
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
    });
}

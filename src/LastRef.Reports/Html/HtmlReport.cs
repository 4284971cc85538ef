using System.Net;
using System.Text;
using System.Text.Json;

namespace LastRef.Reports;

/// <summary>Reports as one page that needs nothing but itself: the picture of who holds whom, the story in lanes, every reference.</summary>
/// <remarks>
/// Script and style are built from web/ and embedded; the reports lie in the page as JSON, in which the serializer escapes what could end
/// a script element. The page's own policy forbids every connection.
/// </remarks>
public static class HtmlReport
{
    /// <summary>The page; the reports must have been built with timelines.</summary>
    public static string Write(IReadOnlyList<CheckReport> reports)
    {
        ArgumentNullException.ThrowIfNull(reports);
        var list = new CheckReportList(CheckReportList.SchemaName, reports);
        var json = JsonSerializer.Serialize(list, Compact.CheckReportList);
        var title = reports.Count == 1 ? $"{reports[0].Driver.File}: {reports[0].Verdict}" : $"{reports.Count} drivers";
        var page = new StringBuilder();
        var template = Resource("html/page.html");
        for (var at = 0; ;)
        {
            var start = template.IndexOf("{{", at, StringComparison.Ordinal);
            if (start < 0)
                return page.Append(template, at, template.Length - at).ToString();
            var end = template.IndexOf("}}", start, StringComparison.Ordinal);
            page.Append(template, at, start - at).Append(template[(start + 2)..end] switch
            {
                "title" => WebUtility.HtmlEncode("LastRef: " + title),
                "style" => Resource("html/report.css"),
                "script" => Resource("html/report.js"),
                "reports" => json,
                var name => throw new InvariantException($"The page has no part {name}."),
            });
            at = end + 2;
        }
    }

    /// <summary>The default encoder: every character that HTML gives a meaning is escaped.</summary>
    private static ReportJson Compact { get; } = new(new JsonSerializerOptions { PropertyNamingPolicy = JsonNamingPolicy.CamelCase });

    private static string Resource(string name)
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream(name) ?? throw new InvariantException($"{name} is not in the assembly.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}

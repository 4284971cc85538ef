using System.Globalization;
using System.Text;
using System.Xml;

namespace LastRef.Reports;

/// <summary>Reports as JUnit XML, for build servers: a suite a driver, a test case a scenario.</summary>
/// <remarks>A finding that counts is a failure; a scenario that could not be judged is an error, as it shows nothing.</remarks>
public static class JUnitReport
{
    /// <summary>Ends with a line feed.</summary>
    public static string Write(IReadOnlyList<CheckReport> reports)
    {
        ArgumentNullException.ThrowIfNull(reports);
        var text = new StringBuilder();
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { Indent = true, NewLineChars = "\n", OmitXmlDeclaration = true, CheckCharacters = true }))
        {
            xml.WriteStartElement("testsuites");
            xml.WriteAttributeString("name", "lastref");
            WriteCounts(xml, [.. reports.SelectMany(report => report.Scenarios)]);
            foreach (var report in reports)
                WriteSuite(xml, report);
            xml.WriteEndElement();
        }

        return $"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{text}\n";
    }

    private static void WriteSuite(XmlWriter xml, CheckReport report)
    {
        xml.WriteStartElement("testsuite");
        xml.WriteAttributeString("name", Clean(report.Driver.File));
        WriteCounts(xml, report.Scenarios);
        xml.WriteStartElement("properties");
        foreach (var (name, value) in new[] { ("verdict", report.Verdict), ("kind", report.Driver.Kind), ("sha256", report.Driver.Sha256) })
        {
            xml.WriteStartElement("property");
            xml.WriteAttributeString("name", name);
            xml.WriteAttributeString("value", value);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
        foreach (var scenario in report.Scenarios)
            WriteCase(xml, report.Driver.File, scenario);
        xml.WriteEndElement();
    }

    private static void WriteCase(XmlWriter xml, string driver, ReportScenario scenario)
    {
        xml.WriteStartElement("testcase");
        xml.WriteAttributeString("classname", Clean(driver));
        xml.WriteAttributeString("name", scenario.Name);
        foreach (var finding in scenario.Findings.Where(finding => finding.Counts))
        {
            xml.WriteStartElement("failure");
            xml.WriteAttributeString("type", finding.Reason);
            xml.WriteAttributeString("message", Clean(finding.Summary.Length > 0 ? finding.Summary : finding.Title));
            xml.WriteString(Clean(Describe(scenario, finding)));
            xml.WriteEndElement();
        }

        foreach (var why in scenario.Inconclusive)
        {
            xml.WriteStartElement("error");
            xml.WriteAttributeString("type", "inconclusive");
            xml.WriteAttributeString("message", Clean(why));
            xml.WriteEndElement();
        }

        if (scenario.Story.Count > 0)
            xml.WriteElementString("system-out", Clean(string.Join('\n', scenario.Story)));
        xml.WriteEndElement();
    }

    private static string Describe(ReportScenario scenario, ReportFinding finding)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{finding.Reason} {finding.Title} ({finding.Certainty}, phase {finding.Phase})\n");
        if (finding.Site is { } site)
            text.Append(CultureInfo.InvariantCulture, $"at {site}\n");
        if (finding.Missing is { } missing)
            text.Append(CultureInfo.InvariantCulture, $"missing: {missing}\n");
        foreach (var holder in finding.Holders)
            text.Append(CultureInfo.InvariantCulture, $"held by: {holder.Name}\n");
        foreach (var line in finding.Wait is { } wait ? WaitWords.Lines(wait) : [])
            text.Append(CultureInfo.InvariantCulture, $"{line}\n");
        text.Append(CultureInfo.InvariantCulture, $"fix: {finding.Fix}\nreplay: {scenario.Replay}\n");
        return text.ToString();
    }

    private static void WriteCounts(XmlWriter xml, IReadOnlyList<ReportScenario> scenarios)
    {
        xml.WriteAttributeString("tests", Number(scenarios.Count));
        xml.WriteAttributeString("failures", Number(scenarios.Count(scenario => scenario.Findings.Any(finding => finding.Counts))));
        xml.WriteAttributeString("errors", Number(scenarios.Count(scenario => scenario.Inconclusive.Count > 0)));
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>XML 1.0 has no place for control characters, which names in hostile images may hold.</summary>
    private static string Clean(string text) =>
        string.Concat(text.Select(c => XmlConvert.IsXmlChar(c) ? c : '\uFFFD'));
}

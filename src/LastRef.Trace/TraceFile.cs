using System.Text;
using System.Text.Json;

namespace LastRef;

/// <summary>A trace as a file of lines, each a JSON object: a header, the records in order, and an end by which a cut is noticed.</summary>
public static class TraceFile
{
    /// <summary>How a trace file begins; enough to tell it from a driver.</summary>
    public const string Beginning = "{\"schema\":\"" + TraceHeader.SchemaName + "\"";

    /// <summary>The file's text; lines end with a line feed.</summary>
    public static string Write(Trace trace, string driver, string scenario, string verdict)
    {
        ArgumentNullException.ThrowIfNull(trace);
        var text = new StringBuilder();
        var count = trace.Records.Count;
        text.Append(JsonSerializer.Serialize(new TraceHeader(TraceHeader.SchemaName, driver, scenario, verdict, count, trace.Truncated), TraceJson.Default.TraceHeader)).Append('\n');
        foreach (var record in trace.Records)
            text.Append(JsonSerializer.Serialize(record, TraceJson.Default.TraceRecord)).Append('\n');
        return text.Append(JsonSerializer.Serialize(new TraceEnd(count), TraceJson.Default.TraceEnd)).Append('\n').ToString();
    }

    /// <summary>Reads a file back.</summary>
    /// <param name="name">Of the file, for messages.</param>
    /// <exception cref="InputException">It is no trace, it is cut short, or a line of it is damaged; the message says where.</exception>
    public static (TraceHeader Header, Trace Trace) Read(string text, string name)
    {
        ArgumentNullException.ThrowIfNull(text);
        var lines = text.Split('\n');
        var header = Parse(lines[0], name, 1, () => JsonSerializer.Deserialize(lines[0], TraceJson.Default.TraceHeader));
        if (header.Schema != TraceHeader.SchemaName)
            throw new InputException($"{name}: this is no trace that LastRef reads ({header.Schema ?? "no schema"}, not {TraceHeader.SchemaName})");
        if (header.Records < 0)
            throw new InputException($"{name}: line 1 is damaged: {header.Records} records");
        var trace = new Trace(int.MaxValue);
        for (var i = 1; i <= header.Records; i++)
        {
            // The last line of a whole file ends with a line feed, so that the piece after it is empty.
            if (i >= lines.Length - 1)
                throw CutShort(name, i - 1, header.Records);
            var line = lines[i];
            trace.Add(Parse(line, name, i + 1, () => JsonSerializer.Deserialize(line, TraceJson.Default.TraceRecord)));
        }

        if (header.Records + 1 >= lines.Length - 1)
            throw CutShort(name, header.Records, header.Records);
        var last = lines[header.Records + 1];
        var end = Parse(last, name, header.Records + 2, () => JsonSerializer.Deserialize(last, TraceJson.Default.TraceEnd));
        if (end.End != header.Records)
            throw new InputException($"{name}: line {header.Records + 2} is damaged: it ends {end.End} records, not {header.Records}");
        if (header.Truncated)
            trace.MarkTruncated();
        return (header, trace);
    }

    private static InputException CutShort(string name, int read, int expected) =>
        new($"{name}: the trace is cut short: it has {read} of {expected} records{(read == expected ? " and no end" : "")}");

    private static T Parse<T>(string line, string name, int number, Func<T?> read) where T : class
    {
        try
        {
            return read() ?? throw new InputException($"{name}: line {number} is damaged: null");
        }
        catch (Exception damaged) when (damaged is JsonException or NotSupportedException or OverflowException or InvalidOperationException)
        {
            // A file from outside; what the serializer found is told with the line.
            var shown = line.Length > 40 ? line[..40] + "…" : line;
            throw new InputException($"{name}: line {number} is damaged: {shown}", damaged);
        }
    }
}

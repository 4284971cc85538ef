using System.Text;
using System.Text.Json;

namespace LastRef.Lab;

/// <summary>The text of a profile: JSON in which comments and trailing commas may stand.</summary>
internal sealed class ProfileSource(InputFile file)
{
    private const int DepthLimit = 32;

    private readonly ReadOnlyMemory<byte> _text = file.Content.Span.StartsWith(Encoding.UTF8.Preamble) ? file.Content[Encoding.UTF8.Preamble.Length..] : file.Content;

    /// <summary>The whole as a tree; null when it is no JSON.</summary>
    /// <param name="problem">Why there is none.</param>
    public ProfileItem? Parse(out ProfileProblem? problem)
    {
        problem = null;
        var reader = new Utf8JsonReader(
            _text.Span, new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = DepthLimit });
        try
        {
            reader.Read();
            var root = ReadItem(ref reader);

            // What stands behind the value is an error of its own.
            reader.Read();
            return root;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: text that is no UTF-8.
            problem = e is JsonException { LineNumber: { } line, BytePositionInLine: { } column }
                ? new ProfileProblem(file.Path, (int)line + 1, (int)column + 1, "this is no valid JSON")
                : ProblemAt((int)reader.TokenStartIndex, "this is no valid JSON");
            return null;
        }
    }

    public ProfileProblem ProblemAt(int offset, string what)
    {
        var before = _text.Span[..Math.Min(offset, _text.Length)];
        var lineStart = before.LastIndexOf((byte)'\n') + 1;
        return new ProfileProblem(file.Path, before.Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(before[lineStart..]) + 1, what);
    }

    private static ProfileItem ReadItem(ref Utf8JsonReader reader)
    {
        var (kind, offset) = (reader.TokenType, (int)reader.TokenStartIndex);
        switch (kind)
        {
            case JsonTokenType.StartObject:
                var members = new List<ProfileMember>();
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    var (name, at) = (reader.GetString()!, (int)reader.TokenStartIndex);
                    reader.Read();
                    members.Add(new ProfileMember(name, at, ReadItem(ref reader)));
                }

                return new ProfileItem(kind, offset, "", members, []);
            case JsonTokenType.StartArray:
                var items = new List<ProfileItem>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    items.Add(ReadItem(ref reader));
                return new ProfileItem(kind, offset, "", [], items);
            case JsonTokenType.String:
                return new ProfileItem(kind, offset, reader.GetString()!, [], []);
            case JsonTokenType.Number:
                return new ProfileItem(kind, offset, Encoding.ASCII.GetString(reader.ValueSpan), [], []);
            default:
                return new ProfileItem(kind, offset, "", [], []);
        }
    }
}

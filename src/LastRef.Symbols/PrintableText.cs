using System.Text;

namespace LastRef.Symbols;

/// <summary>Names found in a hostile file, made safe for one line of a terminal.</summary>
public static class PrintableText
{
    /// <summary>Most characters that <see cref="Of"/> returns.</summary>
    public const int Limit = 400;

    /// <summary>The text with control, direction and line-breaking characters replaced by <c>?</c>, cut to <see cref="Limit"/> characters.</summary>
    public static string Of(string text)
    {
        if (text.Length <= Limit && !text.Any(IsUnsafe))
            return text;
        var safe = new StringBuilder(Math.Min(text.Length, Limit));
        foreach (var character in text.AsSpan(0, Math.Min(text.Length, Limit)))
            safe.Append(IsUnsafe(character) ? '?' : character);
        if (text.Length > Limit)
            safe.Append('…');
        return safe.ToString();
    }

    // Direction overrides and line separators can rewrite a line as much as an escape sequence can.
    private static bool IsUnsafe(char character) =>
        char.IsControl(character) || char.IsSurrogate(character)
        || character is '\u2028' or '\u2029' or '\uFEFF'
        || character is >= '\u200B' and <= '\u200F'
        || character is >= '\u202A' and <= '\u202E'
        || character is >= '\u2066' and <= '\u2069';
}

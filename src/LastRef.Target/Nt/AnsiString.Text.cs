using System.Text;

namespace LastRef.Nt;

public readonly partial struct AnsiString
{
    /// <summary>The bytes as Latin-1 characters, so that none is lost.</summary>
    /// <param name="limit">Most bytes read.</param>
    /// <exception cref="TargetReadException">The structure or its buffer is unreadable.</exception>
    public string ToText(int limit = 0xFFFF)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var bytes = new byte[Math.Min(Length, limit)];
        if (bytes.Length > 0)
            Target.Read(Buffer, bytes);
        return Encoding.Latin1.GetString(bytes);
    }
}

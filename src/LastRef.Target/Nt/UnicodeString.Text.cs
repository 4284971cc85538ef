using System.Buffers;
using System.Runtime.InteropServices;

namespace LastRef.Nt;

public readonly partial struct UnicodeString
{
    /// <summary>The characters, a lone surrogate included; embedded zeros are kept.</summary>
    /// <param name="limit">Most characters returned; 32767, what the structure can hold, unless told.</param>
    /// <exception cref="TargetReadException">The structure or its buffer is unreadable.</exception>
    /// <remarks>Fact: UNICODE_STRING, WDK reference: Length counts bytes, without a terminator. An odd last byte is no character.</remarks>
    public string ToText(int limit = 0x7FFF)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var count = Math.Min(Length / 2, limit);
        if (count == 0)
            return "";
        var rented = ArrayPool<char>.Shared.Rent(count);
        try
        {
            var characters = rented.AsSpan(0, count);
            Target.Read(Buffer, MemoryMarshal.AsBytes(characters));
            return characters.ToString();
        }
        finally
        {
            ArrayPool<char>.Shared.Return(rented);
        }
    }

    /// <summary>The characters; null when the structure or its buffer is unreadable.</summary>
    public string? TryToText(out ReadFailure failure, int limit = 0x7FFF)
    {
        try
        {
            failure = ReadFailure.None;
            return ToText(limit);
        }
        catch (TargetReadException unreadable)
        {
            failure = unreadable.Failure;
            return null;
        }
    }
}

using System.Runtime.InteropServices;

namespace LastRef.Nt;

/// <summary>Text as NT keeps it: 16-bit units, of which half a surrogate pair is as good as any other.</summary>
/// <remarks>An encoder would replace such a unit, and the name would not be found again under what its driver gave.</remarks>
public static class WideText
{
    /// <summary>The units of a text in memory order, nothing replaced and nothing added.</summary>
    public static byte[] Bytes(string text) => MemoryMarshal.AsBytes(text.AsSpan()).ToArray();

    /// <summary>The text of whole units; an odd last byte is left out.</summary>
    public static string Text(ReadOnlySpan<byte> bytes) => new(MemoryMarshal.Cast<byte, char>(bytes));
}

using System.Runtime.InteropServices;

namespace LastRef.Cpu;

/// <summary>One cached translation. A hit is <c>(address + size - 1) &amp; ~0xFFF == Tag</c>, which an access across a page boundary never satisfies.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TlbEntry
{
    /// <summary>Address of the first byte of the page; <see cref="Empty"/> when unused.</summary>
    public ulong Tag;

    /// <summary>Host address minus guest address.</summary>
    public ulong Addend;

    /// <summary>A tag that no page has: page addresses end in twelve zero bits.</summary>
    public const ulong Empty = 1;
    public const int Count = 1024;
    public const ulong PageMask = ~0xFFFul;
}

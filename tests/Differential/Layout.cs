namespace LastRef.Tests;

/// <summary>Where things are in every engine's address space; low enough for the host processor to map the same addresses.</summary>
internal static class Layout
{
    /// <summary>Room below the data for signals that land on a guest stack; mapped for the host processor only.</summary>
    public const ulong Scratch = 0x1000_0000_0000;
    public const int ScratchBytes = 0x80000;
    public const ulong Data = Scratch + ScratchBytes;
    public const int DataBytes = 0x4000;
    public const ulong Code = Scratch + 0x100000;
    public const int CodeBytes = 0x400000;
}

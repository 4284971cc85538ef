namespace LastRef.Nt;

/// <summary>A bit map.</summary>
/// <remarks>Fact: RTL_BITMAP, WDK reference.</remarks>
[NtView("_RTL_BITMAP")]
public readonly partial struct RtlBitmap(Target target, VirtualAddress address)
{
    /// <summary>Bits.</summary>
    [Field(Writable = true)] public partial uint SizeOfBitMap { get; }

    [Field(Writable = true)] public partial VirtualAddress Buffer { get; }
}

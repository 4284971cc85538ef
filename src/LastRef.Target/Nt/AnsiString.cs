namespace LastRef.Nt;

/// <summary>A counted string of bytes.</summary>
/// <remarks>Fact: ANSI_STRING, WDK reference.</remarks>
[NtView("_STRING")]
public readonly partial struct AnsiString(Target target, VirtualAddress address)
{
    /// <summary>Bytes in use, without a terminator.</summary>
    [Field(Writable = true)] public partial ushort Length { get; }

    /// <summary>Bytes of the buffer.</summary>
    [Field(Writable = true)] public partial ushort MaximumLength { get; }

    [Field(Writable = true)] public partial VirtualAddress Buffer { get; }
}

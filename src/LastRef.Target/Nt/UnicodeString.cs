namespace LastRef.Nt;

/// <summary>A counted UTF-16 string.</summary>
/// <remarks>Fact: UNICODE_STRING, WDK reference. Length and MaximumLength are bytes.</remarks>
[NtView("_UNICODE_STRING")]
public readonly partial struct UnicodeString(Target target, VirtualAddress address)
{
    /// <summary>Bytes in use, without a terminator.</summary>
    [Field(Writable = true)] public partial ushort Length { get; }

    /// <summary>Bytes of the buffer.</summary>
    [Field(Writable = true)] public partial ushort MaximumLength { get; }

    [Field(Writable = true)] public partial VirtualAddress Buffer { get; }
}

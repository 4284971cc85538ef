namespace LastRef.Nt;

/// <summary>The result of a request.</summary>
/// <remarks>Fact: IO_STATUS_BLOCK, WDK reference.</remarks>
[NtView("_IO_STATUS_BLOCK")]
public readonly partial struct IoStatusBlock(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial NtStatus Status { get; }

    [Field(Writable = true)] public partial VirtualAddress Pointer { get; }

    /// <summary>Bytes transferred, or whatever the request defines.</summary>
    [Field(Writable = true)] public partial ulong Information { get; }
}

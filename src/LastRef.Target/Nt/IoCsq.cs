namespace LastRef.Nt;

/// <summary>A cancel-safe queue: the driver's routines.</summary>
/// <remarks>Fact: IoCsqInitialize, WDK reference.</remarks>
[NtView("_IO_CSQ")]
public readonly partial struct IoCsq(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial uint Type { get; }

    [Field(Writable = true)] public partial VirtualAddress CsqInsertIrp { get; }

    [Field(Writable = true)] public partial VirtualAddress CsqRemoveIrp { get; }

    [Field(Writable = true)] public partial VirtualAddress CsqPeekNextIrp { get; }

    [Field(Writable = true)] public partial VirtualAddress CsqAcquireLock { get; }

    [Field(Writable = true)] public partial VirtualAddress CsqReleaseLock { get; }

    [Field(Writable = true)] public partial VirtualAddress CsqCompleteCanceledIrp { get; }

    [Field(Writable = true)] public partial VirtualAddress ReservePointer { get; }
}

namespace LastRef.Nt;

/// <summary>A file system's routines that are called without an IRP.</summary>
/// <remarks>Fact: FAST_IO_DISPATCH, wdm.h. Entries beyond the size are absent.</remarks>
[NtView("_FAST_IO_DISPATCH")]
public readonly partial struct FastIoDispatch(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial uint SizeOfFastIoDispatch { get; }

    [Field(Writable = true)] public partial VirtualAddress FastIoCheckIfPossible { get; }

    [Field(Writable = true)] public partial VirtualAddress FastIoRead { get; }

    [Field(Writable = true)] public partial VirtualAddress FastIoWrite { get; }

    [Field(Writable = true)] public partial VirtualAddress FastIoQueryBasicInfo { get; }

    [Field(Writable = true)] public partial VirtualAddress FastIoQueryStandardInfo { get; }

    [Field(Writable = true)] public partial VirtualAddress FastIoLock { get; }

    [Field(Writable = true)] public partial VirtualAddress FastIoUnlockSingle { get; }

    [Field(Writable = true)] public partial VirtualAddress FastIoUnlockAll { get; }

    [Field(Writable = true)] public partial VirtualAddress FastIoUnlockAllByKey { get; }

    [Field(Writable = true)] public partial VirtualAddress FastIoDeviceControl { get; }

    [Field(Writable = true)] public partial VirtualAddress AcquireFileForNtCreateSection { get; }

    [Field(Writable = true)] public partial VirtualAddress ReleaseFileForNtCreateSection { get; }

    [Field(Writable = true)] public partial VirtualAddress FastIoDetachDevice { get; }

    [Field(Writable = true)] public partial VirtualAddress FastIoQueryNetworkOpenInfo { get; }

    [Field(Writable = true)] public partial VirtualAddress AcquireForModWrite { get; }

    [Field(Writable = true)] public partial VirtualAddress MdlRead { get; }

    [Field(Writable = true)] public partial VirtualAddress MdlReadComplete { get; }

    [Field(Writable = true)] public partial VirtualAddress PrepareMdlWrite { get; }

    [Field(Writable = true)] public partial VirtualAddress MdlWriteComplete { get; }

    [Field(Writable = true)] public partial VirtualAddress FastIoReadCompressed { get; }

    [Field(Writable = true)] public partial VirtualAddress FastIoWriteCompressed { get; }

    [Field(Writable = true)] public partial VirtualAddress MdlReadCompleteCompressed { get; }

    [Field(Writable = true)] public partial VirtualAddress MdlWriteCompleteCompressed { get; }

    [Field(Writable = true)] public partial VirtualAddress FastIoQueryOpen { get; }

    [Field(Writable = true)] public partial VirtualAddress ReleaseForModWrite { get; }

    [Field(Writable = true)] public partial VirtualAddress AcquireForCcFlush { get; }

    [Field(Writable = true)] public partial VirtualAddress ReleaseForCcFlush { get; }
}

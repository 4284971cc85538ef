namespace LastRef.Nt;

/// <summary>One open of a device or a file.</summary>
/// <remarks>Spec: U-1.17 to U-1.21.</remarks>
[NtView("_FILE_OBJECT")]
public readonly partial struct FileObject(Target target, VirtualAddress address)
{
    /// <summary>5 for a file object.</summary>
    [Field(Writable = true)] public partial short Type { get; }

    /// <summary>Bytes of the structure: 0xD8.</summary>
    [Field(Writable = true)] public partial short Size { get; }

    /// <summary>The device named in the open, not the top of its stack. Spec: U-1.19.</summary>
    [Field(Writable = true)] public partial DeviceObject? DeviceObject { get; }

    [Field(Writable = true)] public partial Vpb? Vpb { get; }

    [Field(Writable = true)] public partial VirtualAddress FsContext { get; }

    [Field(Writable = true)] public partial VirtualAddress FsContext2 { get; }

    [Field(Writable = true)] public partial VirtualAddress SectionObjectPointer { get; }

    /// <summary>Set while the file is cached.</summary>
    [Field(Writable = true)] public partial VirtualAddress PrivateCacheMap { get; }

    [Field(Writable = true)] public partial NtStatus FinalStatus { get; }

    [Field(Writable = true)] public partial FileObject? RelatedFileObject { get; }

    [Field(Writable = true)] public partial NtBoolean LockOperation { get; }

    [Field(Writable = true)] public partial NtBoolean DeletePending { get; }

    [Field(Writable = true)] public partial NtBoolean ReadAccess { get; }

    [Field(Writable = true)] public partial NtBoolean WriteAccess { get; }

    [Field(Writable = true)] public partial NtBoolean DeleteAccess { get; }

    [Field(Writable = true)] public partial NtBoolean SharedRead { get; }

    [Field(Writable = true)] public partial NtBoolean SharedWrite { get; }

    [Field(Writable = true)] public partial NtBoolean SharedDelete { get; }

    /// <summary>Spec: U-1.18.</summary>
    [Field(Writable = true)] public partial FileObjectFlags Flags { get; }

    /// <summary>What followed the device's name in the open.</summary>
    [Field] public partial UnicodeString FileName { get; }

    [Field(Writable = true)] public partial long CurrentByteOffset { get; }

    [Field(Writable = true)] public partial uint Waiters { get; }

    [Field(Writable = true)] public partial uint Busy { get; }

    [Field] public partial KEvent Lock { get; }

    [Field] public partial KEvent Event { get; }

    [Field(Writable = true)] public partial VirtualAddress CompletionContext { get; }

    [Field(Writable = true)] public partial ulong IrpListLock { get; }

    /// <summary>Requests of threads that ended, linked by <see cref="Irp.ThreadListEntry"/>.</summary>
    [Field] public partial ListEntry IrpList { get; }

    [Field(Writable = true)] public partial VirtualAddress FileObjectExtension { get; }
}

namespace LastRef.Nt;

/// <summary>A thread.</summary>
/// <remarks>Spec: U-1.48.</remarks>
[NtView("_ETHREAD")]
public readonly partial struct EThread(Target target, VirtualAddress address)
{
    [Field] public partial KThread Tcb { get; }

    [Field("CreateTime.QuadPart", Writable = true)] public partial long CreateTime { get; }

    /// <summary>Ties a system thread to an image.</summary>
    [Field(Writable = true)] public partial VirtualAddress StartAddress { get; }

    [Field("Cid.UniqueProcess", Writable = true)] public partial HandleValue UniqueProcess { get; }

    [Field("Cid.UniqueThread", Writable = true)] public partial HandleValue UniqueThread { get; }

    /// <summary>The thread's requests, linked by <see cref="Irp.ThreadListEntry"/>.</summary>
    [Field] public partial ListEntry IrpList { get; }

    /// <summary>Links the threads of a process.</summary>
    [Field] public partial ListEntry ThreadListEntry { get; }

    [Field(Writable = true)] public partial VirtualAddress Win32StartAddress { get; }

    /// <summary>The request, or a small number, that a file system notes for the requests below it.</summary>
    [Field(Writable = true)] public partial ulong TopLevelIrp { get; }

    /// <summary>The storage device that answered STATUS_VERIFY_REQUIRED last.</summary>
    [Field(Writable = true)] public partial DeviceObject? DeviceToVerify { get; }
}

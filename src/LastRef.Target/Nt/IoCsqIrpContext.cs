namespace LastRef.Nt;

/// <summary>A request's place in a cancel-safe queue.</summary>
/// <remarks>Fact: IoCsqInsertIrp, WDK reference.</remarks>
[NtView("_IO_CSQ_IRP_CONTEXT")]
public readonly partial struct IoCsqIrpContext(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial uint Type { get; }

    [Field(Writable = true)] public partial Irp? Irp { get; }

    [Field(Writable = true)] public partial IoCsq? Csq { get; }
}

namespace LastRef.Nt;

/// <summary>IRP.Flags (IRP_*).</summary>
/// <remarks>Fact: IRP, WDK reference; wdm.h.</remarks>
[Flags]
public enum IrpFlags : uint
{
    None = 0,
    NoCache = 0x00000001,
    PagingIo = 0x00000002,
    SynchronousApi = 0x00000004,
    AssociatedIrp = 0x00000008,
    BufferedIo = 0x00000010,
    DeallocateBuffer = 0x00000020,
    InputOperation = 0x00000040,
    SynchronousPagingIo = InputOperation,
    CreateOperation = 0x00000080,
    ReadOperation = 0x00000100,
    WriteOperation = 0x00000200,
    CloseOperation = 0x00000400,
    SetUserEvent = CloseOperation,
    DeferIoCompletion = 0x00000800,
    ObQueryName = 0x00001000,
    HoldDeviceQueue = 0x00002000,
    UmDriverInitiatedIo = 0x00400000,
}

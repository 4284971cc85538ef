namespace LastRef.Nt;

/// <summary>A device's wait for a DMA adapter.</summary>
/// <remarks>Fact: WAIT_CONTEXT_BLOCK, wdm.h.</remarks>
[NtView("_WAIT_CONTEXT_BLOCK")]
public readonly partial struct WaitContextBlock(Target target, VirtualAddress address)
{
    [Field] public partial KDeviceQueueEntry WaitQueueEntry { get; }

    [Field(Writable = true)] public partial VirtualAddress DeviceRoutine { get; }

    [Field(Writable = true)] public partial VirtualAddress DeviceContext { get; }

    [Field(Writable = true)] public partial uint NumberOfMapRegisters { get; }

    [Field(Writable = true)] public partial VirtualAddress DeviceObject { get; }

    [Field(Writable = true)] public partial VirtualAddress CurrentIrp { get; }

    [Field(Writable = true)] public partial KDpc? BufferChainingDpc { get; }
}

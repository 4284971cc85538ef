namespace LastRef.Nt;

/// <summary>A device registered for the shutdown notification.</summary>
/// <remarks>Spec: U-6.25. Layout not in public symbols.</remarks>
[NtView("_SHUTDOWN_PACKET")]
public readonly partial struct ShutdownPacket(Target target, VirtualAddress address)
{
    [Field] public partial ListEntry ListEntry { get; }

    [Field(Writable = true)] public partial DeviceObject? DeviceObject { get; }
}

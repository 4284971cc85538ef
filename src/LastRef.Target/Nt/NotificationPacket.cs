namespace LastRef.Nt;

/// <summary>A driver registered for file systems coming and going.</summary>
/// <remarks>Spec: U-6.24. Layout not in public symbols.</remarks>
[NtView("_NOTIFICATION_PACKET")]
public readonly partial struct NotificationPacket(Target target, VirtualAddress address)
{
    [Field] public partial ListEntry ListEntry { get; }

    [Field(Writable = true)] public partial DriverObject? DriverObject { get; }

    [Field(Writable = true)] public partial VirtualAddress NotificationRoutine { get; }
}

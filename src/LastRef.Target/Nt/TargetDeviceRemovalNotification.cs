namespace LastRef.Nt;

/// <summary>What a target device callback is given.</summary>
/// <remarks>Fact: TARGET_DEVICE_REMOVAL_NOTIFICATION, wdm.h.</remarks>
[NtView("_TARGET_DEVICE_REMOVAL_NOTIFICATION")]
public readonly partial struct TargetDeviceRemovalNotification(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial ushort Version { get; }

    [Field(Writable = true)] public partial ushort Size { get; }

    [Field(Writable = true)] public partial Guid Event { get; }

    [Field(Writable = true)] public partial FileObject? FileObject { get; }
}

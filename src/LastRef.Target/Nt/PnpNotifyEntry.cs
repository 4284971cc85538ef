namespace LastRef.Nt;

/// <summary>A registration for PnP notifications; it references the driver object.</summary>
/// <remarks>Spec: U-6.21, U-6.22. Layout not in public symbols; the last fields depend on the category.</remarks>
[NtView("_PNP_NOTIFY_ENTRY")]
public readonly partial struct PnpNotifyEntry(Target target, VirtualAddress address)
{
    [Field] public partial ListEntry ListEntry { get; }

    /// <summary>1 hardware profile, 2 device interface, 3 target device.</summary>
    [Field(Writable = true)] public partial int EventCategory { get; }

    [Field(Writable = true)] public partial uint SessionId { get; }

    [Field(Writable = true)] public partial VirtualAddress CallbackRoutine { get; }

    [Field(Writable = true)] public partial VirtualAddress Context { get; }

    [Field(Writable = true)] public partial DriverObject? DriverObject { get; }

    [Field(Writable = true)] public partial ushort RefCount { get; }

    [Field(Writable = true)] public partial NtBoolean Unregistered { get; }

    /// <summary>Of a device interface registration.</summary>
    [Field(Writable = true)] public partial Guid ClassGuid { get; }

    /// <summary>Of a target device registration; overlays <see cref="ClassGuid"/>.</summary>
    [Field(Writable = true)] public partial FileObject? FileObject { get; }

    /// <summary>Of a target device registration.</summary>
    [Field(Writable = true)] public partial DeviceObject? PhysicalDeviceObject { get; }
}

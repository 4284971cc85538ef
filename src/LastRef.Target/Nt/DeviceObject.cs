namespace LastRef.Nt;

/// <summary>A device: its place in the driver's list and in a stack, and the I/O manager's count.</summary>
/// <remarks>Spec: U-1.8, U-1.9.</remarks>
[NtView("_DEVICE_OBJECT")]
public readonly partial struct DeviceObject(Target target, VirtualAddress address)
{
    /// <summary>3 for a device object.</summary>
    [Field(Writable = true)] public partial short Type { get; }

    /// <summary>Bytes of the structure and the driver's device extension, not rounded up.</summary>
    [Field(Writable = true)] public partial ushort Size { get; }

    /// <summary>The Io count: open instances counted by the I/O manager; not the object manager's PointerCount.</summary>
    [Field(Writable = true)] public partial int ReferenceCount { get; }

    [Field(Writable = true)] public partial DriverObject? DriverObject { get; }

    /// <summary>Next device of the same driver; null at the end of the list.</summary>
    [Field(Writable = true)] public partial DeviceObject? NextDevice { get; }

    /// <summary>The device above in the stack; null at its top.</summary>
    [Field(Writable = true)] public partial DeviceObject? AttachedDevice { get; }

    [Field(Writable = true)] public partial Irp? CurrentIrp { get; }

    [Field(Writable = true)] public partial IoTimer? Timer { get; }

    /// <summary>Spec: U-1.13.</summary>
    [Field(Writable = true)] public partial DeviceFlags Flags { get; }

    [Field(Writable = true)] public partial DeviceCharacteristics Characteristics { get; }

    [Field(Writable = true)] public partial Vpb? Vpb { get; }

    /// <summary>Links registered file systems. Overlays <see cref="WaitContext"/>.</summary>
    [Field("Queue.ListEntry")] public partial ListEntry QueueListEntry { get; }

    [Field("Queue.Wcb")] public partial WaitContextBlock WaitContext { get; }

    /// <summary>The driver's own data, directly behind the structure; null when it asked for none.</summary>
    [Field(Writable = true)] public partial VirtualAddress DeviceExtension { get; }

    [Field(Writable = true)] public partial DeviceType DeviceType { get; }

    /// <summary>Stack locations that a request to this device needs.</summary>
    [Field(Writable = true)] public partial sbyte StackSize { get; }

    [Field(Writable = true)] public partial uint AlignmentRequirement { get; }

    [Field] public partial KDeviceQueue DeviceQueue { get; }

    /// <summary>The DPC of IoRequestDpc.</summary>
    [Field] public partial KDpc Dpc { get; }

    [Field(Writable = true)] public partial uint ActiveThreadCount { get; }

    [Field(Writable = true)] public partial VirtualAddress SecurityDescriptor { get; }

    [Field] public partial KEvent DeviceLock { get; }

    [Field(Writable = true)] public partial ushort SectorSize { get; }

    /// <summary>The I/O manager's own data, behind the driver's extension. Spec: U-1.9, U-1.10.</summary>
    [Field(Writable = true)] public partial DeviceObjectExtension? DeviceObjectExtension { get; }
}

namespace LastRef.Nt;

/// <summary>A loaded driver: the head of its device list, its routines and its image.</summary>
/// <remarks>Spec: U-1.1 to U-1.7.</remarks>
[NtView("_DRIVER_OBJECT")]
public readonly partial struct DriverObject(Target target, VirtualAddress address)
{
    /// <summary>4 for a driver object.</summary>
    [Field(Writable = true)] public partial short Type { get; }

    /// <summary>Bytes of the structure: 0x150.</summary>
    [Field(Writable = true)] public partial short Size { get; }

    /// <summary>Head of the driver's device list, newest first; null when it has no device. Spec: U-1.7.</summary>
    [Field(Writable = true)] public partial DeviceObject? DeviceObject { get; }

    /// <summary>Spec: U-1.4.</summary>
    [Field(Writable = true)] public partial DriverObjectFlags Flags { get; }

    /// <summary>Base of the image.</summary>
    [Field(Writable = true)] public partial VirtualAddress DriverStart { get; }

    /// <summary>Bytes of the image.</summary>
    [Field(Writable = true)] public partial uint DriverSize { get; }

    /// <summary>The image's entry in the loaded module list; null for a driver made by IoCreateDriver. Spec: U-2.22, U-2.30.</summary>
    [Field(Writable = true)] public partial KldrDataTableEntry? DriverSection { get; }

    /// <summary>Lies directly behind the driver object. Spec: U-1.2.</summary>
    [Field(Writable = true)] public partial DriverExtension? DriverExtension { get; }

    /// <summary><c>\Driver\X</c> or <c>\FileSystem\X</c>.</summary>
    [Field] public partial UnicodeString DriverName { get; }

    /// <summary><c>\REGISTRY\MACHINE\HARDWARE\DESCRIPTION\SYSTEM</c>.</summary>
    [Field(Writable = true)] public partial UnicodeString? HardwareDatabase { get; }

    /// <summary>The driver's _FAST_IO_DISPATCH; null when it has none.</summary>
    [Field(Writable = true)] public partial VirtualAddress FastIoDispatch { get; }

    /// <summary>The image's entry point; dangles once INIT sections are discarded. Spec: U-2.12.</summary>
    [Field(Writable = true)] public partial VirtualAddress DriverInit { get; }

    [Field(Writable = true)] public partial VirtualAddress DriverStartIo { get; }

    /// <summary>Null for a driver that cannot be unloaded. Spec: U-3.15.</summary>
    [Field(Writable = true)] public partial VirtualAddress DriverUnload { get; }

    /// <summary>Dispatch routines by <see cref="IrpMajor"/>, 28 of them. Spec: U-2.7, U-2.11.</summary>
    [Field] public partial FieldArray<VirtualAddress> MajorFunction { get; }
}

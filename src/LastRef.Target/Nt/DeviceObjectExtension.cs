namespace LastRef.Nt;

/// <summary>The I/O and PnP managers' part of a device object.</summary>
/// <remarks>Spec: U-1.10, U-1.11.</remarks>
[NtView("_DEVOBJ_EXTENSION")]
public readonly partial struct DeviceObjectExtension(Target target, VirtualAddress address)
{
    /// <summary>13.</summary>
    [Field(Writable = true)] public partial short Type { get; }

    /// <summary>0.</summary>
    [Field(Writable = true)] public partial ushort Size { get; }

    [Field(Writable = true)] public partial DeviceObject? DeviceObject { get; }

    [Field(Writable = true)] public partial uint PowerFlags { get; }

    /// <summary>What is pending or processed on the device. Spec: U-1.14, U-1.15.</summary>
    [Field(Writable = true)] public partial DeviceObjectExtensionFlags ExtensionFlags { get; }

    /// <summary>Not null on PDOs only. Spec: U-1.12.</summary>
    [Field(Writable = true)] public partial DeviceNode? DeviceNode { get; }

    /// <summary>The device below in the stack; null at its bottom.</summary>
    [Field(Writable = true)] public partial DeviceObject? AttachedTo { get; }

    [Field(Writable = true)] public partial int StartIoCount { get; }

    [Field(Writable = true)] public partial int StartIoKey { get; }

    [Field(Writable = true)] public partial uint StartIoFlags { get; }

    [Field(Writable = true)] public partial Vpb? Vpb { get; }
}

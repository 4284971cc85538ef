namespace LastRef.Nt;

/// <summary>The tie between a storage device and the file system's volume device.</summary>
/// <remarks>Spec: U-1.44.</remarks>
[NtView("_VPB")]
public readonly partial struct Vpb(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial short Type { get; }

    [Field(Writable = true)] public partial short Size { get; }

    [Field(Writable = true)] public partial VpbFlags Flags { get; }

    [Field(Writable = true)] public partial ushort VolumeLabelLength { get; }

    /// <summary>The file system's volume device.</summary>
    [Field(Writable = true)] public partial DeviceObject? DeviceObject { get; }

    /// <summary>The storage device.</summary>
    [Field(Writable = true)] public partial DeviceObject? RealDevice { get; }

    [Field(Writable = true)] public partial uint SerialNumber { get; }

    /// <summary>Opens that go to the volume, and those on their way to it.</summary>
    [Field(Writable = true)] public partial uint ReferenceCount { get; }

    [Field] public partial FieldArray<ushort> VolumeLabel { get; }
}

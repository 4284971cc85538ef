namespace LastRef.Nt;

/// <summary>A session's own DOS device names beside the global ones.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_DEVICE_MAP")]
public readonly partial struct DeviceMap(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial ObjectDirectory? DosDevicesDirectory { get; }

    [Field(Writable = true)] public partial ObjectDirectory? GlobalDosDevicesDirectory { get; }
}

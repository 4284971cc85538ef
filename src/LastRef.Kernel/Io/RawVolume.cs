using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>What RAW keeps of a volume, in the extension of its volume device.</summary>
internal readonly struct RawVolume
{
    /// <summary>Storage device 0, VPB 8, opens 10h, locked 14h, SHARE_ACCESS 18h.</summary>
    public const uint Bytes = 0x38;

    private readonly MutableTarget _memory;
    private readonly VirtualAddress _extension;

    private RawVolume(DeviceObject device, MutableTarget memory)
    {
        Device = device;
        _memory = memory;
        _extension = device.DeviceExtension;
    }

    public DeviceObject Device { get; }

    /// <summary>The top of the storage stack when the volume was mounted.</summary>
    public DeviceObject Storage => new(_memory, _memory.ReadPointer(_extension));

    public Vpb Vpb => new(_memory, _memory.ReadPointer(_extension + 8));

    public uint OpenCount => _memory.ReadUInt32(_extension + 0x10);

    public bool IsLocked => _memory.ReadUInt32(_extension + 0x14) != 0;

    public VirtualAddress ShareAccess => _extension + 0x18;

    public static RawVolume Of(DeviceObject device) => new(device, (MutableTarget)device.Target);

    public void Initialize(DeviceObject storage, Vpb vpb)
    {
        _memory.WritePointer(_extension, storage.Address);
        _memory.WritePointer(_extension + 8, vpb.Address);
    }

    public void SetOpenCount(uint count) => _memory.WriteUInt32(_extension + 0x10, count);

    public void SetLocked(bool isLocked) => _memory.WriteUInt32(_extension + 0x14, isLocked ? 1u : 0);
}

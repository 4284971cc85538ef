using LastRef.Cpu;

namespace LastRef.Kernel;

/// <summary>A part of a device's registers that begins at an offset of its own.</summary>
internal sealed class DeviceWindow(IDeviceMemory device, ulong start) : IDeviceMemory
{
    public ulong Read(ulong offset, int size) => device.Read(start + offset, size);

    public void Write(ulong offset, int size, ulong value) => device.Write(start + offset, size, value);
}

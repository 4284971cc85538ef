namespace LastRef.Kernel;

/// <summary>Buses as old drivers see them.</summary>
internal sealed partial class HardwareLayer
{
    private const int PciConfiguration = 4;
    private const uint PciConfigurationBytes = 256;

    /// <summary>Reads PCI configuration space.</summary>
    /// <returns>Bytes read; 0 for a bus that does not exist, 2 with vendor FFFF for an empty slot.</returns>
    [KernelExport("hal.dll", Doc = "HalGetBusDataByOffset, WDK reference", Missing = "bus data other than PCI configuration")]
    internal uint HalGetBusDataByOffset(int busDataType, uint busNumber, uint slotNumber, VirtualAddress buffer, uint offset, uint length)
    {
        RequirePci(busDataType);
        if (offset >= PciConfigurationBytes)
            return 0;
        Span<byte> vendor = stackalloc byte[2];
        Hardware.ReadConfiguration(busNumber, slotNumber, 0, vendor);
        if (vendor[0] == 0xFF && vendor[1] == 0xFF)
        {
            if (length < 2 || offset != 0)
                return 0;
            Memory.Write(buffer, vendor);
            return 2;
        }

        var data = new byte[Math.Min(length, PciConfigurationBytes - offset)];
        Hardware.ReadConfiguration(busNumber, slotNumber, offset, data);
        Memory.Write(buffer, data);
        return (uint)data.Length;
    }

    [KernelExport("hal.dll", Doc = "HalGetBusData, WDK reference", Missing = "bus data other than PCI configuration")]
    internal uint HalGetBusData(int busDataType, uint busNumber, uint slotNumber, VirtualAddress buffer, uint length) =>
        HalGetBusDataByOffset(busDataType, busNumber, slotNumber, buffer, 0, length);

    [KernelExport("hal.dll", Doc = "HalSetBusDataByOffset, WDK reference", Missing = "bus data other than PCI configuration")]
    internal uint HalSetBusDataByOffset(int busDataType, uint busNumber, uint slotNumber, VirtualAddress buffer, uint offset, uint length)
    {
        RequirePci(busDataType);
        if (offset >= PciConfigurationBytes)
            return 0;
        var data = new byte[Math.Min(length, PciConfigurationBytes - offset)];
        Memory.Read(buffer, data);
        Hardware.WriteConfiguration(busNumber, slotNumber, offset, data);
        return (uint)data.Length;
    }

    [KernelExport("hal.dll", Doc = "HalSetBusData, WDK reference", Missing = "bus data other than PCI configuration")]
    internal uint HalSetBusData(int busDataType, uint busNumber, uint slotNumber, VirtualAddress buffer, uint length) =>
        HalSetBusDataByOffset(busDataType, busNumber, slotNumber, buffer, 0, length);

    /// <summary>Bus addresses are system addresses on x64 PCs; the address space stays as asked for (0 memory, 1 port).</summary>
    [KernelExport("hal.dll", Doc = "HalTranslateBusAddress, WDK reference")]
    internal NtBoolean HalTranslateBusAddress(
        int interfaceType, uint busNumber, ulong busAddress, VirtualAddress addressSpace, VirtualAddress translatedAddress)
    {
        Memory.WriteUInt64(translatedAddress, busAddress);
        return true;
    }

    private static void RequirePci(int busDataType)
    {
        if (busDataType != PciConfiguration)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"HAL bus data of type {busDataType}");
    }
}

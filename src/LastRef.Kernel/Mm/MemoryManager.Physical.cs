using LastRef.Cpu;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Physical addresses: RAM, the devices that the lab describes, and what answers to nobody.</summary>
internal sealed partial class MemoryManager
{
    private readonly List<(ulong Start, ulong ByteCount, IDeviceMemory Device)> _devices = [];
    private readonly AbsentDevice _absent = new();
    private readonly Dictionary<VirtualAddress, ulong> _ioMappings = [];
    private readonly Dictionary<VirtualAddress, ulong> _contiguous = [];

    /// <summary>Puts a device's registers at a physical address.</summary>
    public void AddDevice(PhysicalAddress start, ulong byteCount, IDeviceMemory device) => _devices.Add((start.Value, byteCount, device));

    /// <summary>Maps physical addresses into system space.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "MmMapIoSpace, WDK reference")]
    internal VirtualAddress MmMapIoSpace(PhysicalAddress physicalAddress, ulong numberOfBytes, uint cacheType)
    {
        if (numberOfBytes == 0)
            return VirtualAddress.Null;
        var offset = physicalAddress.Value & (PageBytes - 1);
        var bytes = RoundToPages(offset + numberOfBytes);
        var address = TakeSystemRange(bytes / PageBytes);
        MapPhysical(address, physicalAddress.Value - offset, bytes);
        var mapped = address + offset;
        _ioMappings.Add(mapped, numberOfBytes);
        _kernel.Record(new RegistrationRecord(RegistrationKind.IoMapping, true, mapped, VirtualAddress.Null, VirtualAddress.Null));
        return mapped;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "MmMapIoSpaceEx, WDK reference")]
    internal VirtualAddress MmMapIoSpaceEx(PhysicalAddress physicalAddress, ulong numberOfBytes, uint protect) =>
        MmMapIoSpace(physicalAddress, numberOfBytes, 0);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "MmUnmapIoSpace, WDK reference")]
    internal void MmUnmapIoSpace(VirtualAddress baseAddress, ulong numberOfBytes)
    {
        if (!_ioMappings.Remove(baseAddress, out var bytes))
            throw MachineStopException.BugCheck(0xDA, "MmUnmapIoSpace of an address that MmMapIoSpace did not give", 0x400, baseAddress.Value, numberOfBytes);
        _kernel.Guest.Unmap(PageOf(baseAddress).Value, RoundToPages((baseAddress - PageOf(baseAddress)) + bytes));
        _kernel.Record(new RegistrationRecord(RegistrationKind.IoMapping, false, baseAddress, VirtualAddress.Null, VirtualAddress.Null));
    }

    /// <returns>Zero when nothing is mapped at the address (Doc: MmGetPhysicalAddress leaves that case open; Windows returns zero).</returns>
    [KernelExport("ntoskrnl.exe", Doc = "MmGetPhysicalAddress, WDK reference")]
    internal PhysicalAddress MmGetPhysicalAddress(VirtualAddress baseAddress) =>
        _kernel.Guest.TryQuery(baseAddress.Value, out _, out var frame)
            ? new PhysicalAddress(((frame + AddressMap.FirstFrame) * PageBytes) + (baseAddress.Value & (PageBytes - 1)))
            : default;

    /// <summary>Nonpaged memory over consecutive physical pages; all of the lab's RAM lies below 4 GiB.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "MmAllocateContiguousMemory, WDK reference")]
    internal VirtualAddress MmAllocateContiguousMemory(ulong numberOfBytes, PhysicalAddress highestAcceptableAddress) =>
        AllocateContiguous(numberOfBytes, highestAcceptableAddress.Value);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "MmAllocateContiguousMemorySpecifyCache, WDK reference")]
    internal VirtualAddress MmAllocateContiguousMemorySpecifyCache(
        ulong numberOfBytes, PhysicalAddress lowestAcceptableAddress, PhysicalAddress highestAcceptableAddress,
        PhysicalAddress boundaryAddressMultiple, uint cacheType)
    {
        return AllocateContiguous(numberOfBytes, highestAcceptableAddress.Value, lowestAcceptableAddress.Value, boundaryAddressMultiple.Value);
    }

    /// <summary>As the older form, without a type of cache.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "MmAllocateContiguousNodeMemory, WDK reference")]
    internal VirtualAddress MmAllocateContiguousNodeMemory(
        ulong numberOfBytes, PhysicalAddress lowestAcceptableAddress, PhysicalAddress highestAcceptableAddress,
        PhysicalAddress boundaryAddressMultiple, uint protect, uint preferredNode) =>
        AllocateContiguous(numberOfBytes, highestAcceptableAddress.Value, lowestAcceptableAddress.Value, boundaryAddressMultiple.Value);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "MmFreeContiguousMemory, WDK reference")]
    internal void MmFreeContiguousMemory(VirtualAddress baseAddress)
    {
        if (!_contiguous.Remove(baseAddress, out var bytes))
            throw MachineStopException.BugCheck(0xC2, "contiguous memory was freed that was not allocated", 7, 0, 0, baseAddress.Value);
        _kernel.Guest.Unmap(baseAddress.Value, bytes);
        _kernel.Record(new PoolRecord(false, baseAddress, bytes, PoolTags.Of("MmCm"), false));
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "MmFreeContiguousMemorySpecifyCache, WDK reference")]
    internal void MmFreeContiguousMemorySpecifyCache(VirtualAddress baseAddress, ulong numberOfBytes, uint cacheType) =>
        MmFreeContiguousMemory(baseAddress);

    /// <summary>Memory that a device and its driver share; null when there is none.</summary>
    internal VirtualAddress MapCommonBuffer(uint byteCount) => MapContiguous(byteCount, ulong.MaxValue, 0, 0);

    internal void UnmapCommonBuffer(VirtualAddress address, ulong byteCount) => _kernel.Guest.Unmap(address.Value, RoundToPages(byteCount));

    /// <summary>How much of an MDL's memory from an address on lies in one piece of physical memory, and where.</summary>
    internal (ulong Address, uint ByteCount) PieceOf(Mdl mdl, VirtualAddress current, uint length)
    {
        var page = (int)((current - mdl.StartVa) / PageBytes);
        var frames = FramesOf(mdl);
        var first = Memory.ReadUInt64(frames + (8 * page));
        var offset = current.Value & (PageBytes - 1);
        var bytes = PageBytes - offset;
        for (var next = 1; bytes < length && Memory.ReadUInt64(frames + (8 * (page + next))) == first + (ulong)next; next++)
            bytes += PageBytes;
        return ((first * PageBytes) + offset, (uint)Math.Min(bytes, length));
    }

    /// <param name="boundary">A physical address of which no multiple may lie inside the memory; zero for none.</param>
    private VirtualAddress AllocateContiguous(ulong numberOfBytes, ulong highest, ulong lowest = 0, ulong boundary = 0)
    {
        var address = MapContiguous(numberOfBytes, highest, lowest, boundary);
        if (address.IsNull)
            return address;
        var bytes = RoundToPages(numberOfBytes);
        _contiguous.Add(address, bytes);
        _kernel.Record(new PoolRecord(true, address, bytes, PoolTags.Of("MmCm"), false));
        return address;
    }

    private VirtualAddress MapContiguous(ulong numberOfBytes, ulong highest, ulong lowest, ulong boundary)
    {
        if (numberOfBytes == 0)
            return VirtualAddress.Null;
        var bytes = RoundToPages(numberOfBytes);
        if (boundary != 0 && boundary < bytes)
            return VirtualAddress.Null;
        var (address, first) = MapConsecutive(bytes);
        if (boundary != 0 && first / boundary != (first + bytes - 1) / boundary)
        {
            // In twice as much there is a piece without a multiple: up to the first one, or behind it.
            _kernel.Guest.Unmap(address.Value, bytes);
            (address, first) = MapConsecutive(2 * bytes);
            var skipped = first / boundary == (first + bytes - 1) / boundary ? 0 : boundary - (first % boundary);
            if (skipped != 0)
                _kernel.Guest.Unmap(address.Value, skipped);
            if (skipped != bytes)
                _kernel.Guest.Unmap((address + skipped + bytes).Value, bytes - skipped);
            (address, first) = (address + skipped, first + skipped);
        }

        if (first < lowest || first + bytes - 1 > highest)
        {
            _kernel.Guest.Unmap(address.Value, bytes);
            return VirtualAddress.Null;
        }

        return address;
    }

    private (VirtualAddress Address, ulong Physical) MapConsecutive(ulong byteCount)
    {
        var address = TakeSystemRange(byteCount / PageBytes);
        _kernel.Guest.Map(address.Value, byteCount, PageAccess.Read | PageAccess.Write);
        return (address, MmGetPhysicalAddress(address).Value);
    }

    private void MapPhysical(VirtualAddress address, ulong physical, ulong byteCount)
    {
        for (var done = 0UL; done < byteCount; done += PageBytes)
        {
            var page = physical + done;
            if (!TryMapRam(address + done, page))
                MapDevicePage(address + done, page);
        }
    }

    private bool IsRam(ulong pageNumber) =>
        pageNumber >= AddressMap.FirstFrame && pageNumber - AddressMap.FirstFrame < (ulong)_kernel.Options.MaximumPages;

    private bool TryMapRam(VirtualAddress address, ulong physical)
    {
        var number = physical / PageBytes;
        if (!IsRam(number))
            return false;
        try
        {
            _kernel.Guest.MapPhysical(address.Value, number - AddressMap.FirstFrame, 1, PageAccess.Read | PageAccess.Write);
            return true;
        }
        catch (InvalidOperationException)
        {
            // RAM of the machine that nothing has used yet has no frame behind it.
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"a mapping of unused RAM at physical address {physical:x}");
        }
    }

    private void MapDevicePage(VirtualAddress address, ulong physical)
    {
        foreach (var (start, bytes, device) in _devices)
        {
            if (physical >= start && physical - start < bytes)
            {
                _kernel.Guest.MapDevice(address.Value, PageBytes, new DeviceWindow(device, physical - start));
                return;
            }
        }

        _kernel.Guest.MapDevice(address.Value, PageBytes, _absent);
    }
}

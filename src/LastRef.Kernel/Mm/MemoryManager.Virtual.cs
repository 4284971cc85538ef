using LastRef.Cpu;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Virtual memory of processes: reserved, committed, protected, freed, asked about.</summary>
internal sealed partial class MemoryManager
{
    private const uint MemCommit = 0x1000, MemReserve = 0x2000, MemDecommit = 0x4000, MemRelease = 0x8000, MemTopDown = 0x10_0000;
    private const uint PageNoAccess = 1, PageReadWrite = 4;

    /// <summary>What of the user spaces is in use, by address; what lies between is free.</summary>
    private readonly SortedDictionary<VirtualAddress, UserRange> _userRanges = [];

    /// <summary>Reserves or commits memory in a process's user space.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwAllocateVirtualMemory, WDK reference", Missing = "a base address outside of what was reserved")]
    [KernelExport("ntoskrnl.exe", Name = "NtAllocateVirtualMemory", MaxIrql = Irql.Passive, Doc = "NtAllocateVirtualMemory, WDK reference", Missing = "a base address outside of what was reserved")]
    internal NtStatus ZwAllocateVirtualMemory(
        HandleValue processHandle, Out<VirtualAddress> baseAddress, ulong zeroBits, Out<ulong> regionSize, uint allocationType, uint protect)
    {
        if (ProcessOf(processHandle) is not { } process)
            return NtStatus.InvalidHandle;
        if ((allocationType & ~(MemCommit | MemReserve | MemTopDown)) != 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"ZwAllocateVirtualMemory with type 0x{allocationType:x}");
        if (!IsProtection(protect))
            return NtStatus.InvalidPageProtection;
        var asked = baseAddress.Get(Memory);
        var size = regionSize.Get(Memory);
        if (size == 0)
            return NtStatus.InvalidParameter;
        if (!asked.IsNull)
        {
            var first = PageOf(asked);
            var end = RoundToPages(asked.Value + size);
            if ((allocationType & MemReserve) != 0 || RegionAt(process, first) is not var (start, region))
                throw MachineStopException.Unsupported(UnsupportedKind.Case, $"ZwAllocateVirtualMemory with type 0x{allocationType:x} at {asked}");
            if (end > start.Value + region.ByteCount)
                return NtStatus.ConflictingAddresses;
            Commit(first, end - first.Value, protect);
            baseAddress.Set(Memory, first);
            regionSize.Set(Memory, end - first.Value);
            return NtStatus.Success;
        }

        var bytes = RoundToPages(size);
        var address = ReserveUser(process, bytes);
        _userRanges[address] = new UserRange(process, bytes, protect, IsRegion: true);
        if ((allocationType & MemCommit) != 0)
            Commit(address, bytes, protect);
        baseAddress.Set(Memory, address);
        regionSize.Set(Memory, bytes);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwFreeVirtualMemory, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtFreeVirtualMemory", MaxIrql = Irql.Passive, Doc = "NtFreeVirtualMemory, WDK reference")]
    internal NtStatus ZwFreeVirtualMemory(HandleValue processHandle, Out<VirtualAddress> baseAddress, Out<ulong> regionSize, uint freeType)
    {
        if (ProcessOf(processHandle) is not { } process)
            return NtStatus.InvalidHandle;
        if (freeType is not (MemRelease or MemDecommit))
            return NtStatus.InvalidParameter4;
        var address = PageOf(baseAddress.Get(Memory));
        var size = regionSize.Get(Memory);
        if (RegionAt(process, address) is not var (start, region))
            return NtStatus.MemoryNotAllocated;
        var bytes = size == 0 ? region.ByteCount : RoundToPages(baseAddress.Get(Memory).Value + size) - address.Value;
        if (size == 0 && address != start)
            return NtStatus.FreeVmNotAtBase;
        if (address - start + bytes > region.ByteCount)
            return NtStatus.UnableToFreeVm;
        if (freeType == MemRelease && bytes != region.ByteCount)
        {
            return address == start && size == 0
                ? NtStatus.FreeVmNotAtBase
                : throw MachineStopException.Unsupported(UnsupportedKind.Case, "the release of a part of what ZwAllocateVirtualMemory gave");
        }

        Decommit(address, bytes);
        if (freeType == MemRelease)
            _userRanges.Remove(start);
        baseAddress.Set(Memory, address);
        regionSize.Set(Memory, bytes);
        return NtStatus.Success;
    }

    /// <summary>Changes the protection of committed pages.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwProtectVirtualMemory, public headers (phnt); VirtualProtectEx, Win32 reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtProtectVirtualMemory", MaxIrql = Irql.Passive, Doc = "VirtualProtectEx, Win32 reference")]
    internal NtStatus ZwProtectVirtualMemory(
        HandleValue processHandle, Out<VirtualAddress> baseAddress, Out<ulong> regionSize, uint newProtect, Out<uint> oldProtect)
    {
        if (ProcessOf(processHandle) is not { } process)
            return NtStatus.InvalidHandle;
        if (!IsProtection(newProtect))
            return NtStatus.InvalidPageProtection;
        var asked = baseAddress.Get(Memory);
        var first = PageOf(asked);
        var bytes = RoundToPages(asked.Value + regionSize.Get(Memory)) - first.Value;
        if (bytes == 0 || RangeAt(process, first) is not var (start, range) || first - start + bytes > range.ByteCount)
            return NtStatus.ConflictingAddresses;
        for (var done = 0UL; done < bytes; done += PageBytes)
        {
            if (!_kernel.Guest.TryQuery((first + done).Value, out _, out _))
                return NtStatus.NotCommitted;
        }

        _kernel.Guest.TryQuery(first.Value, out var before, out _);
        _kernel.Guest.Protect(first.Value, bytes, AccessOf(newProtect));
        baseAddress.Set(Memory, first);
        regionSize.Set(Memory, bytes);
        oldProtect.Set(Memory, ProtectionOf(before));
        return NtStatus.Success;
    }

    /// <summary>
    /// MEMORY_BASIC_INFORMATION: BaseAddress 0, AllocationBase 8, AllocationProtect 10, RegionSize 18, State 20, Protect 24, Type 28; a region
    /// is what follows with the same state.
    /// </summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwQueryVirtualMemory, WDK reference", Missing = "classes other than basic information")]
    [KernelExport("ntoskrnl.exe", Name = "NtQueryVirtualMemory", MaxIrql = Irql.Passive, Doc = "NtQueryVirtualMemory, WDK reference", Missing = "classes other than basic information")]
    internal NtStatus ZwQueryVirtualMemory(
        HandleValue processHandle, VirtualAddress baseAddress, uint memoryInformationClass, VirtualAddress memoryInformation, ulong length,
        VirtualAddress returnLength)
    {
        const uint basicInformation = 0, memFree = 0x1_0000, memPrivate = 0x2_0000, memMapped = 0x4_0000;
        const ulong basicBytes = 0x30;
        if (ProcessOf(processHandle) is not { } process)
            return NtStatus.InvalidHandle;
        if (memoryInformationClass != basicInformation)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"ZwQueryVirtualMemory with class {memoryInformationClass}");
        if (length < basicBytes)
            return NtStatus.InfoLengthMismatch;
        if (baseAddress >= _userProbeAddress)
            return NtStatus.InvalidParameter;
        var first = PageOf(baseAddress);
        Memory.Clear(memoryInformation, (int)basicBytes);
        Memory.WritePointer(memoryInformation, first);
        if (RangeAt(process, first) is var (start, range))
        {
            var isCommitted = _kernel.Guest.TryQuery(first.Value, out var access, out _);
            var size = PageBytes;
            while (first - start + size < range.ByteCount
                && _kernel.Guest.TryQuery((first + size).Value, out var next, out _) == isCommitted && (!isCommitted || next == access))
                size += PageBytes;
            Memory.WritePointer(memoryInformation + 8, start);
            Memory.WriteUInt32(memoryInformation + 0x10, range.Protect);
            Memory.WriteUInt64(memoryInformation + 0x18, size);
            Memory.WriteUInt32(memoryInformation + 0x20, isCommitted ? MemCommit : MemReserve);
            Memory.WriteUInt32(memoryInformation + 0x24, isCommitted ? ProtectionOf(access) : 0);
            Memory.WriteUInt32(memoryInformation + 0x28, _views.ContainsKey(start) ? memMapped : memPrivate);
        }
        else
        {
            var end = _userProbeAddress;
            foreach (var (next, used) in _userRanges)
            {
                if (used.Process == process && next > first && next < end)
                    end = next;
            }

            Memory.WriteUInt64(memoryInformation + 0x18, end - first);
            Memory.WriteUInt32(memoryInformation + 0x20, memFree);
            Memory.WriteUInt32(memoryInformation + 0x24, PageNoAccess);
        }

        if (!returnLength.IsNull)
            Memory.WriteUInt64(returnLength, basicBytes);
        return NtStatus.Success;
    }

    /// <summary>The range of a process that an address lies in, with its beginning.</summary>
    private (VirtualAddress Start, UserRange Range)? RangeAt(VirtualAddress process, VirtualAddress address)
    {
        foreach (var (start, range) in _userRanges)
        {
            if (range.Process == process && address >= start && address - start < range.ByteCount)
                return (start, range);
        }

        return null;
    }

    private (VirtualAddress Start, UserRange Range)? RegionAt(VirtualAddress process, VirtualAddress address) =>
        RangeAt(process, address) is { Range.IsRegion: true } found ? found : null;

    private void Commit(VirtualAddress first, ulong byteCount, uint protect)
    {
        for (var done = 0UL; done < byteCount; done += PageBytes)
        {
            if (!_kernel.Guest.TryQuery((first + done).Value, out _, out _))
                _kernel.Guest.Map((first + done).Value, PageBytes, PageAccess.Read | PageAccess.Write);
        }

        _kernel.Guest.Protect(first.Value, byteCount, AccessOf(protect));
    }

    private void Decommit(VirtualAddress first, ulong byteCount)
    {
        for (var done = 0UL; done < byteCount; done += PageBytes)
        {
            if (_kernel.Guest.TryQuery((first + done).Value, out _, out _))
                _kernel.Guest.Unmap((first + done).Value, PageBytes);
        }
    }

    /// <summary>A process by handle; -1 is the current one (Doc: ZwCurrentProcess).</summary>
    private VirtualAddress? ProcessOf(HandleValue handle)
    {
        if (handle.Value == ulong.MaxValue)
            return _kernel.CurrentThread.Process;
        return _kernel.Ob.FindHandle(_kernel.CurrentThread.Process, handle) is { } open && _kernel.Ob.KindOf(open.Body) == ObjectKind.Process
            ? open.Body
            : null;
    }

    /// <summary>PAGE_* protections (Doc: "Memory Protection Constants").</summary>
    private static PageAccess AccessOf(uint protect) => (protect & 0xFF) switch
    {
        0x01 => PageAccess.None,
        0x02 => PageAccess.Read,
        0x04 or 0x08 => PageAccess.Read | PageAccess.Write,
        0x10 => PageAccess.Execute,
        0x20 => PageAccess.Read | PageAccess.Execute,
        0x40 or 0x80 => PageAccess.Read | PageAccess.Write | PageAccess.Execute,
        _ => throw MachineStopException.Unsupported(UnsupportedKind.Case, $"page protection 0x{protect:x}"),
    };

    private static uint ProtectionOf(PageAccess access) => access switch
    {
        PageAccess.None => PageNoAccess,
        PageAccess.Read => 0x02,
        PageAccess.Read | PageAccess.Write => PageReadWrite,
        PageAccess.Execute => 0x10,
        PageAccess.Read | PageAccess.Execute => 0x20,
        _ => 0x40,
    };
}

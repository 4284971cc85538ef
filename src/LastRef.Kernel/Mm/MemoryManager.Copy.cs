using LastRef.Cpu;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Copies between address spaces, the ranges of RAM, and memory that is never cached.</summary>
internal sealed partial class MemoryManager
{
    private readonly Dictionary<VirtualAddress, ulong> _nonCached = [];
    private readonly HashSet<VirtualAddress> _secured = [];

    /// <summary>Copies without faulting, from a virtual or a physical address.</summary>
    /// <remarks>MM_COPY_ADDRESS is the address itself, passed by value as it has eight bytes.</remarks>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "MmCopyMemory, WDK reference")]
    internal NtStatus MmCopyMemory(
        VirtualAddress targetAddress, ulong sourceAddress, ulong numberOfBytes, uint flags, Out<ulong> numberOfBytesTransferred)
    {
        const uint physical = 1, @virtual = 2;
        if (flags is not (physical or @virtual))
            return NtStatus.InvalidParameter4;
        var done = 0UL;
        Span<byte> chunk = stackalloc byte[(int)PageBytes];
        while (done < numberOfBytes)
        {
            var at = sourceAddress + done;
            var part = chunk[..(int)Math.Min(numberOfBytes - done, PageBytes - (at & (PageBytes - 1)))];
            var source = flags == @virtual ? new VirtualAddress(at) : FindVirtual(new PhysicalAddress(at));
            if (source.IsNull || !Memory.TryRead(source, part, out _))
                break;
            Memory.Write(targetAddress + done, part);
            done += (ulong)part.Length;
        }

        numberOfBytesTransferred.Set(Memory, done);
        return done == numberOfBytes ? NtStatus.Success : done == 0 ? NtStatus.InvalidAddress : NtStatus.PartialCopy;
    }

    /// <summary>Copies from one process to another; each of the lab's has its own part of one address space.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "MmCopyVirtualMemory, exported and undocumented: ReadProcessMemory between two EPROCESS")]
    internal NtStatus MmCopyVirtualMemory(
        EProcess fromProcess, VirtualAddress fromAddress, EProcess toProcess, VirtualAddress toAddress, ulong bufferSize, sbyte previousMode,
        Out<ulong> numberOfBytesCopied)
    {
        if (previousMode != 0)
        {
            CheckUserRange(fromAddress, bufferSize);
            CheckUserRange(toAddress, bufferSize);
        }

        var done = 0UL;
        Span<byte> chunk = stackalloc byte[(int)PageBytes];
        while (done < bufferSize)
        {
            var room = PageBytes - Math.Max((fromAddress + done).Value & (PageBytes - 1), (toAddress + done).Value & (PageBytes - 1));
            var part = chunk[..(int)Math.Min(bufferSize - done, room)];
            if (!Memory.TryRead(fromAddress + done, part, out _) || !IsWritable(toAddress + done))
                break;
            Memory.Write(toAddress + done, part);
            done += (ulong)part.Length;
        }

        numberOfBytesCopied.SetIfGiven(Memory, done);
        return done == bufferSize ? NtStatus.Success : NtStatus.PartialCopy;
    }

    /// <summary>The kernel's own address of a physical page; null for a page that the lab has given nobody.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "MmGetVirtualForPhysical, WDK reference")]
    internal VirtualAddress MmGetVirtualForPhysical(PhysicalAddress physicalAddress)
    {
        if (!IsRam(physicalAddress.Value / PageBytes))
        {
            throw MachineStopException.Unsupported(
                UnsupportedKind.Case, $"MmGetVirtualForPhysical of {physicalAddress.Value:x}, where the lab has no memory; page tables are not in memory either");
        }

        return FindVirtual(physicalAddress);
    }

    private VirtualAddress FindVirtual(PhysicalAddress physicalAddress)
    {
        var page = physicalAddress.Value / PageBytes;
        if (!IsRam(page))
            return VirtualAddress.Null;
        foreach (var (address, _, frame) in _kernel.Guest.Pages)
        {
            if (frame == page - AddressMap.FirstFrame && new VirtualAddress(address).IsKernel)
                return new VirtualAddress(address + (physicalAddress.Value & (PageBytes - 1)));
        }

        return VirtualAddress.Null;
    }

    /// <summary>An array of ranges in pool that the caller frees, ended by an empty one; the lab's RAM is one range.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "MmGetPhysicalMemoryRanges, WDK reference")]
    internal VirtualAddress MmGetPhysicalMemoryRanges()
    {
        // PHYSICAL_MEMORY_RANGE: BaseAddress 0, NumberOfBytes 8.
        var ranges = _kernel.Ex.AllocateForDriver(paged: false, 0x20, PoolTags.Of("hPmM"));
        if (ranges.IsNull)
            return ranges;
        Memory.Clear(ranges, 0x20);
        Memory.WriteUInt64(ranges, AddressMap.FirstFrame * PageBytes);
        Memory.WriteUInt64(ranges + 8, (ulong)_kernel.Options.MaximumPages * PageBytes);
        return ranges;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "MmAllocateNonCachedMemory, WDK reference")]
    internal VirtualAddress MmAllocateNonCachedMemory(ulong numberOfBytes)
    {
        if (numberOfBytes == 0)
            return VirtualAddress.Null;
        var bytes = RoundToPages(numberOfBytes);
        var address = TakeSystemRange(bytes / PageBytes);
        _kernel.Guest.Map(address.Value, bytes, PageAccess.Read | PageAccess.Write);
        _nonCached.Add(address, bytes);
        _kernel.Record(new PoolRecord(true, address, bytes, PoolTags.Of("MmNc"), false));
        return address;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "MmFreeNonCachedMemory, WDK reference")]
    internal void MmFreeNonCachedMemory(VirtualAddress baseAddress, ulong numberOfBytes)
    {
        if (!_nonCached.Remove(baseAddress, out var bytes))
            throw MachineStopException.BugCheck(0x1A, "MmFreeNonCachedMemory of memory that MmAllocateNonCachedMemory did not give", 0x1236, baseAddress.Value);
        _kernel.Guest.Unmap(baseAddress.Value, bytes);
        _kernel.Record(new PoolRecord(false, baseAddress, bytes, PoolTags.Of("MmNc"), false));
    }

    /// <summary>Keeps a part of user space from being freed or protected.</summary>
    /// <returns>A handle, here the address; null when the range is not mapped as asked.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "MmSecureVirtualMemory, WDK reference",
        Missing = "the range is not kept from being freed, as no program of the lab frees memory in use")]
    internal VirtualAddress MmSecureVirtualMemory(VirtualAddress address, ulong size, uint probeMode)
    {
        const uint readWrite = 4;
        CheckUserRange(address, size);
        for (var page = PageOf(address); page < address + size; page += PageBytes)
        {
            if (!_kernel.Guest.TryQuery(page.Value, out _, out _) || (probeMode == readWrite && !IsWritable(page)))
                return VirtualAddress.Null;
        }

        _secured.Add(address);
        return address;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "MmUnsecureVirtualMemory, WDK reference; bug check 0x1A for a bad handle")]
    internal void MmUnsecureVirtualMemory(VirtualAddress secureHandle)
    {
        if (!_secured.Remove(secureHandle))
            throw MachineStopException.BugCheck(0x1A, "MmUnsecureVirtualMemory of a handle that is none", 0x1236, secureHandle.Value);
    }

    /// <summary>Whether Driver Verifier looks at the driver; the lab's rules are those of its standard settings.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "MmIsDriverVerifying, WDK reference")]
    internal int MmIsDriverVerifying(DriverObject driverObject) => _kernel.Options.Verifier ? 1 : 0;

    private bool IsWritable(VirtualAddress address) =>
        _kernel.Guest.TryQuery(address.Value & ~(PageBytes - 1), out var access, out _) && (access & PageAccess.Write) != 0;
}

using LastRef.Cpu;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Pool as drivers allocate and free it.</summary>
internal sealed partial class Executive
{
    private const int RaiseIfAllocationFailure = 0x10;
    private const int QuotaFailInsteadOfRaise = 0x08;
    private const uint ProtectedTag = 0x8000_0000;

    /// <summary>Requests above this fail as on a machine whose pool cannot hold them; Windows' own limit depends on its memory.</summary>
    private const ulong LargestRequest = 0x0800_0000;

    /// <summary>The tag of ExAllocatePool (Doc: "ExAllocatePool", None in the debugger's !poolused).</summary>
    private static readonly uint _untagged = PoolTags.Of("None");

    [KernelExport("ntoskrnl.exe", Doc = "ExAllocatePool, WDK reference")]
    internal VirtualAddress ExAllocatePool(PoolType poolType, ulong numberOfBytes) => Allocate((int)poolType, numberOfBytes, _untagged);

    [KernelExport("ntoskrnl.exe", Doc = "ExAllocatePoolWithTag, WDK reference")]
    internal VirtualAddress ExAllocatePoolWithTag(PoolType poolType, ulong numberOfBytes, uint tag) => Allocate((int)poolType, numberOfBytes, tag);

    [KernelExport("ntoskrnl.exe", Doc = "ExAllocatePoolWithTagPriority, WDK reference")]
    internal VirtualAddress ExAllocatePoolWithTagPriority(PoolType poolType, ulong numberOfBytes, uint tag, int priority) =>
        Allocate((int)poolType, numberOfBytes, tag);

    [KernelExport("ntoskrnl.exe", Doc = "ExAllocatePoolWithQuotaTag, WDK reference: raises STATUS_QUOTA_EXCEEDED instead of returning NULL")]
    internal VirtualAddress ExAllocatePoolWithQuotaTag(PoolType poolType, ulong numberOfBytes, uint tag)
    {
        var flags = (int)poolType;
        var raise = (flags & QuotaFailInsteadOfRaise) == 0;
        return Allocate((flags & ~QuotaFailInsteadOfRaise) | (raise ? RaiseIfAllocationFailure : 0), numberOfBytes, tag);
    }

    [KernelExport("ntoskrnl.exe", Doc = "ExAllocatePoolWithQuota, WDK reference")]
    internal VirtualAddress ExAllocatePoolWithQuota(PoolType poolType, ulong numberOfBytes) =>
        ExAllocatePoolWithQuotaTag(poolType, numberOfBytes, _untagged);

    [KernelExport("ntoskrnl.exe", Doc = "ExAllocatePool2, WDK reference; POOL_FLAGS")]
    internal VirtualAddress ExAllocatePool2(ulong flags, ulong numberOfBytes, uint tag)
    {
        const ulong raiseOnFailure = 0x20, nonPaged = 0x40, nonPagedExecute = 0x80, paged = 0x100;
        var kind = (flags & (nonPaged | nonPagedExecute | paged)) switch
        {
            nonPaged or nonPagedExecute => PoolType.NonPagedPool,
            paged => PoolType.PagedPool,
            _ => (PoolType?)null,
        };
        if (kind is not { } poolType || tag == 0)
            return (flags & raiseOnFailure) != 0 ? throw new GuestRaisedException(NtStatus.InvalidParameter) : VirtualAddress.Null;
        return Allocate((int)poolType | ((flags & raiseOnFailure) != 0 ? RaiseIfAllocationFailure : 0), numberOfBytes, tag);
    }

    [KernelExport("ntoskrnl.exe", Doc = "ExAllocatePool3, WDK reference", Missing = "extended parameters that are not optional")]
    internal VirtualAddress ExAllocatePool3(
        ulong flags, ulong numberOfBytes, uint tag, VirtualAddress extendedParameters, uint extendedParametersCount)
    {
        // POOL_EXTENDED_PARAMETER is 16 bytes; bit 8 of the first word is Optional.
        for (var i = 0; i < extendedParametersCount; i++)
        {
            if ((Memory.ReadUInt64(extendedParameters + (i * 16)) & 0x100) == 0)
                throw MachineStopException.Unsupported(UnsupportedKind.Case, "ExAllocatePool3 with an extended parameter that is not optional");
        }

        return ExAllocatePool2(flags, numberOfBytes, tag);
    }

    [KernelExport("ntoskrnl.exe", Doc = "ExFreePool, WDK reference; Bug Check 0xC2")]
    internal void ExFreePool(VirtualAddress p) => FreeForDriver(p, 0);

    [KernelExport("ntoskrnl.exe", Doc = "ExFreePoolWithTag, WDK reference; Bug Check 0xC2")]
    internal void ExFreePoolWithTag(VirtualAddress p, uint tag) => FreeForDriver(p, tag);

    [KernelExport("ntoskrnl.exe", Doc = "ExFreePool2, WDK reference", Missing = "extended parameters")]
    internal void ExFreePool2(VirtualAddress p, uint tag, VirtualAddress extendedParameters, uint extendedParametersCount)
    {
        if (extendedParametersCount != 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "ExFreePool2 with extended parameters");
        FreeForDriver(p, tag);
    }

    /// <summary>The pool that an address lies in; null for addresses outside both.</summary>
    public PoolAllocator? PoolAt(VirtualAddress address) =>
        NonPagedPool.Contains(address) ? NonPagedPool : PagedPool.Contains(address) ? PagedPool : null;

    /// <summary>Allocates for a driver and records it.</summary>
    public VirtualAddress AllocateForDriver(bool paged, ulong byteCount, uint tag) => Allocate(paged ? 1 : 0, byteCount, tag);

    private VirtualAddress Allocate(int poolType, ulong byteCount, uint tag)
    {
        var paged = (poolType & 1) != 0;
        var irql = _kernel.Ke.CurrentIrql;
        if (irql > (paged ? Irql.Apc : Irql.Dispatch))
        {
            throw MachineStopException.BugCheck(
                0xC2, $"{(paged ? "paged" : "nonpaged")} pool was allocated at IRQL {(int)irql}", 8, (ulong)irql, (ulong)poolType, byteCount);
        }

        var pool = paged ? PagedPool : NonPagedPool;
        if (byteCount > LargestRequest)
        {
            if ((poolType & RaiseIfAllocationFailure) != 0)
                throw new GuestRaisedException(NtStatus.InsufficientResources);
            return VirtualAddress.Null;
        }

        var address = AllocateBounded(pool, byteCount, tag);
        _kernel.Record(new PoolRecord(true, address, byteCount, tag, paged));
        return address;
    }

    private VirtualAddress AllocateBounded(PoolAllocator pool, ulong byteCount, uint tag)
    {
        try
        {
            var stack = _kernel.Images.DriverStack();
            return pool.Allocate(byteCount, tag, stack.Count > 0 ? stack[0] : null);
        }
        catch (GuestMemoryExhaustedException)
        {
            throw MachineStopException.Unsupported(UnsupportedKind.Limit, $"the machine's memory of {_kernel.Options.MaximumPages:N0} pages is used up");
        }
    }

    private void FreeForDriver(VirtualAddress address, uint tag)
    {
        var irql = _kernel.Ke.CurrentIrql;
        var pool = PoolAt(address);
        var block = pool?.Find(address);
        if (pool is null || block is null)
        {
            var freed = pool is not null && pool.WasFreed(address);
            throw MachineStopException.BugCheck(
                0xC2, freed ? $"pool at {address} was freed twice" : $"{address}, which no allocated pool block starts at, was freed",
                freed ? 7UL : 0x46, freed ? 0 : address.Value, 0, freed ? address.Value : 0);
        }

        if (irql > (block.Paged ? Irql.Apc : Irql.Dispatch))
        {
            throw MachineStopException.BugCheck(
                0xC2, $"{(block.Paged ? "paged" : "nonpaged")} pool was freed at IRQL {(int)irql}", 9, (ulong)irql, block.Paged ? 1UL : 0, address.Value);
        }

        // Only protected tags (PROTECTED_POOL) are compared (Doc: "ExFreePoolWithTag").
        if ((block.Tag & ProtectedTag) != 0 && tag != block.Tag)
        {
            throw MachineStopException.BugCheck(
                0xC2, $"pool with tag '{PoolTags.ToText(block.Tag)}' was freed with tag '{PoolTags.ToText(tag)}'", 0xA, address.Value, block.Tag, tag);
        }

        pool.Free(address);
        _kernel.Record(new PoolRecord(false, address, block.ByteCount, block.Tag, block.Paged));
    }
}

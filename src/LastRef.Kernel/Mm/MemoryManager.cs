using LastRef.Cpu;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Memory for drivers: system mappings, user space of processes, MDLs, physical addresses, sections.</summary>
internal sealed partial class MemoryManager(NtKernel kernel)
{
    private const ulong PageBytes = 4096;

    /// <summary>STATUS_ACCESS_VIOLATION as the routines of this component raise it (Doc: ProbeForRead).</summary>
    private static readonly NtStatus _accessViolation = NtStatus.AccessViolation;

    /// <summary>User space of the System process, below that of every application.</summary>
    private static readonly VirtualAddress _systemUserSpace = new(0x0000_0001_0000_0000);

    private readonly NtKernel _kernel = kernel;
    private readonly Dictionary<VirtualAddress, VirtualAddress> _nextUserPage = [];
    private VirtualAddress _nextMapping = AddressMap.SystemMappings;

    private MutableTarget Memory => _kernel.Memory;

    /// <summary>Makes the exported variables and the section of physical memory; the kernel's image and the namespace must be there.</summary>
    public void Boot()
    {
        // Doc: "Virtual address spaces": 128 TiB of user space on x64, 64 KiB below the top kept free.
        Memory.WriteUInt64(_kernel.Images.DefineVariable("MmHighestUserAddress", 8), _userProbeAddress.Value - 1);
        Memory.WritePointer(_kernel.Images.DefineVariable("MmUserProbeAddress", 8), _userProbeAddress);
        Memory.WritePointer(_kernel.Images.DefineVariable("MmSystemRangeStart", 8), VirtualAddress.SystemRangeStart);
        BootSections();
    }

    /// <summary>Fresh zeroed pages in a process's user space, followed by an unmapped one.</summary>
    public VirtualAddress AllocateUser(VirtualAddress process, ulong byteCount)
    {
        var bytes = RoundToPages(Math.Max(byteCount, 1));
        var address = ReserveUser(process, bytes);
        _kernel.Guest.Map(address.Value, bytes, PageAccess.Read | PageAccess.Write);
        return address;
    }

    /// <summary>Takes back what <see cref="AllocateUser"/> gave.</summary>
    public void FreeUser(VirtualAddress address, ulong byteCount)
    {
        _userRanges.Remove(address);
        _kernel.Guest.Unmap(address.Value, RoundToPages(Math.Max(byteCount, 1)));
    }

    /// <summary>Addresses of a process's user space that nothing is mapped at yet; none are used twice.</summary>
    private VirtualAddress ReserveUser(VirtualAddress process, ulong byteCount)
    {
        if (!_nextUserPage.TryGetValue(process, out var next))
            next = (_kernel.Ps.UserSpaceOf(process) ?? _systemUserSpace) + 0x1_0000;
        _nextUserPage[process] = next + ((byteCount + PageBytes + 0xFFFF) & ~0xFFFFUL);
        _userRanges[next] = new UserRange(process, byteCount, PageReadWrite, IsRegion: false);
        return next;
    }

    private static ulong RoundToPages(ulong byteCount) => (byteCount + PageBytes - 1) & ~(PageBytes - 1);

    /// <summary>Address space for a system mapping; never used twice, so that a stale mapping faults.</summary>
    private VirtualAddress TakeSystemRange(ulong pageCount)
    {
        var address = _nextMapping;
        _nextMapping += (pageCount + 1) * PageBytes;
        return address;
    }

    private GuestRaisedException Violation(VirtualAddress address, AccessKind kind) =>
        new(_accessViolation, (ulong)kind, address.Value);
}

using LastRef.Cpu;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Checks of buffers that come from user mode.</summary>
internal sealed partial class MemoryManager
{
    private static readonly VirtualAddress _userProbeAddress = new(0x0000_7FFF_FFFF_0000);

    /// <summary>Raises an exception unless the buffer is in user space; does not touch it.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ProbeForRead, WDK reference")]
    internal void ProbeForRead(VirtualAddress address, ulong length, uint alignment)
    {
        if (length == 0)
            return;
        CheckAlignment(address, alignment);
        CheckUserRange(address, length);
    }

    /// <summary>Raises an exception unless every page of the buffer is in user space and writable.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ProbeForWrite, WDK reference")]
    internal void ProbeForWrite(VirtualAddress address, ulong length, uint alignment)
    {
        if (length == 0)
            return;
        CheckAlignment(address, alignment);
        CheckUserRange(address, length);
        for (var page = address; page < address + length; page = PageOf(page) + PageBytes)
        {
            if (!_kernel.Guest.TryQuery(page.Value & ~(PageBytes - 1), out var access, out _) || (access & PageAccess.Write) == 0)
                throw Violation(page, AccessKind.Write);
        }
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "MmIsAddressValid, WDK reference")]
    internal NtBoolean MmIsAddressValid(VirtualAddress virtualAddress) => IsMapped(virtualAddress);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "MmIsNonPagedSystemAddressValid, WDK reference")]
    internal NtBoolean MmIsNonPagedSystemAddressValid(VirtualAddress virtualAddress) =>
        virtualAddress.IsKernel && !_kernel.Ex.PagedPool.Contains(virtualAddress) && IsMapped(virtualAddress);

    /// <summary>Whether an address can be read; an image that Windows has and the lab has not leaves that open.</summary>
    private bool IsMapped(VirtualAddress address) =>
        _kernel.Images.WindowsModuleAt(address) is { } module
            ? throw ImageLoader.UseOfWindowsModule(module)
            : Memory.TryRead(address, new byte[1], out _);

    private void CheckUserRange(VirtualAddress address, ulong length)
    {
        var end = address + length;
        if (end < address || end > _userProbeAddress)
            throw Violation(address, AccessKind.Read);
    }

    private static void CheckAlignment(VirtualAddress address, uint alignment)
    {
        if (alignment != 0 && (address.Value & (alignment - 1)) != 0)
            throw new GuestRaisedException(NtStatus.DatatypeMisalignment);
    }
}

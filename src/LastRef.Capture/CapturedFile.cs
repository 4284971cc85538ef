using LastRef.Nt;

namespace LastRef;

/// <summary>A file object as found: one open of a device.</summary>
/// <param name="Device">The device named in the open (U-1.19).</param>
/// <param name="Name">What followed the device's name in the open.</param>
public sealed record CapturedFile(
    VirtualAddress Address, VirtualAddress Device, string Name, FileObjectFlags Flags, long PointerCount, long HandleCount)
{
    /// <summary>OB_FLAG_KERNEL_OBJECT of its header: kernel code opened it (U-1.23).</summary>
    public bool IsOpenedByKernel { get; init; }

    /// <summary>True when every handle was closed and pointer references keep it (U-1.21).</summary>
    public bool IsCleanedUp => (Flags & FileObjectFlags.CleanupComplete) != 0;
}

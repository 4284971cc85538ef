using LastRef.Nt;

namespace LastRef;

/// <summary>A file object as found: one open of a device.</summary>
/// <param name="Device">The device named in the open (U-1.19).</param>
/// <param name="Name">What followed the device's name in the open.</param>
public sealed record CapturedFile(
    VirtualAddress Address, VirtualAddress Device, string Name, FileObjectFlags Flags, long PointerCount, long HandleCount)
{
    /// <summary>True when every handle was closed and pointer references keep it (U-1.21).</summary>
    public bool IsCleanedUp => (Flags & FileObjectFlags.CleanupComplete) != 0;
}

using LastRef.Nt;

namespace LastRef;

/// <summary>A device object as found.</summary>
/// <param name="Driver">Its driver object.</param>
/// <param name="DriverName">That driver's name or image; null when neither could be read.</param>
/// <param name="Name">Full name in the namespace; null when it has none any more.</param>
/// <param name="IsListed">True when it is in its driver's device list.</param>
/// <param name="IoCount"><c>DEVICE_OBJECT.ReferenceCount</c>.</param>
/// <param name="PointerCount"><c>OBJECT_HEADER.PointerCount</c>.</param>
/// <param name="AttachedDevice">The device above; null at the top.</param>
/// <param name="AttachedTo">The device below; null at the bottom.</param>
/// <param name="DeviceNode">Not null on PDOs only (U-1.12).</param>
public sealed record CapturedDevice(
    VirtualAddress Address,
    VirtualAddress Driver,
    string? DriverName,
    string? Name,
    bool IsListed,
    int IoCount,
    long PointerCount,
    long HandleCount,
    DeviceFlags Flags,
    DeviceObjectExtensionFlags ExtensionFlags,
    VirtualAddress AttachedDevice,
    VirtualAddress AttachedTo,
    VirtualAddress DeviceNode)
{
    /// <summary>Devices above, nearest first.</summary>
    public IReadOnlyList<VirtualAddress> Above { get; init; } = [];

    /// <summary>Devices below, nearest first.</summary>
    public IReadOnlyList<VirtualAddress> Below { get; init; } = [];

    /// <summary>The volume that is mounted on this storage device; null for none, and for other devices.</summary>
    public CapturedVolume? Volume { get; init; }

    /// <summary>DRVO-independent bits of <see cref="ExtensionFlags"/> that say something is pending (U-1.15).</summary>
    public DeviceObjectExtensionFlags Pending => ExtensionFlags
        & (DeviceObjectExtensionFlags.UnloadPending | DeviceObjectExtensionFlags.DeletePending
           | DeviceObjectExtensionFlags.RemovePending | DeviceObjectExtensionFlags.RemoveProcessed);

    public bool IsDeletePending => (ExtensionFlags & DeviceObjectExtensionFlags.DeletePending) != 0;

    public bool IsUnloadPending => (ExtensionFlags & DeviceObjectExtensionFlags.UnloadPending) != 0;

    public bool IsRemovePending => (ExtensionFlags & DeviceObjectExtensionFlags.RemovePending) != 0;
}

using LastRef.Nt;

namespace LastRef;

/// <summary>The driver object as found.</summary>
/// <param name="HasName">True while its name is in the namespace; false once DriverUnload has returned (U-3.23).</param>
/// <param name="Devices">How the walk of its device list ended, and what it saw.</param>
public sealed record CapturedDriver(
    VirtualAddress Address,
    string? Name,
    bool HasName,
    DriverObjectFlags Flags,
    VirtualAddress DriverUnload,
    VirtualAddress AddDevice,
    VirtualAddress DriverSection,
    VirtualAddress DriverStart,
    uint DriverSize,
    long PointerCount,
    long HandleCount,
    Walk<VirtualAddress> Devices)
{
    /// <summary>DRIVER_OBJECT.DeviceObject as it stands, also when no device is there any more.</summary>
    public VirtualAddress FirstDevice { get; init; }

    /// <summary>The first address in the device list at which no device object stands; null when all are devices.</summary>
    public VirtualAddress BrokenDevice { get; init; }

    /// <summary>OB_FLAG_PERMANENT_OBJECT: cleared when DriverUnload has returned; a handle keeps the name beyond that (U-3.23).</summary>
    public bool IsPermanent { get; init; }

    /// <summary>True while DriverUnload may still be running, when it was invoked: the object has not been made temporary.</summary>
    public bool IsBeforeReturn => HasName && (IsPermanent || HandleCount == 0);
}

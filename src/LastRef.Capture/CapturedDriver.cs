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
    Walk<VirtualAddress> Devices);

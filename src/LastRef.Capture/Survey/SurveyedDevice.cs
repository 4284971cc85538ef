using LastRef.Nt;

namespace LastRef;

/// <summary>A device object of a surveyed machine.</summary>
public sealed record SurveyedDevice(
    VirtualAddress Address, VirtualAddress Driver, string? DriverName, string? Name, int ReferenceCount, long PointerCount,
    DeviceFlags Flags, DeviceObjectExtensionFlags ExtensionFlags, VirtualAddress AttachedDevice, VirtualAddress AttachedTo,
    VirtualAddress DeviceNode, VirtualAddress CurrentIrp);

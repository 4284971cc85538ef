namespace LastRef.Kernel;

/// <summary>What a device is and which drivers its stack has, as its bus and the INF files would say.</summary>
public sealed record DeviceIdentity
{
    /// <summary>Enumerator, device and instance, such as <c>LASTREF\DEVICE\0</c>.</summary>
    public required string InstancePath { get; init; }

    public IReadOnlyList<string> HardwareIds { get; init; } = [];

    public IReadOnlyList<string> CompatibleIds { get; init; } = [];

    /// <summary>Service of the function driver; null for a raw device or one that only has filters.</summary>
    public string? Service { get; init; }

    /// <summary>Services of filters below the function driver, lowest first.</summary>
    public IReadOnlyList<string> LowerFilters { get; init; } = [];

    /// <summary>Services of filters above it, lowest first.</summary>
    public IReadOnlyList<string> UpperFilters { get; init; } = [];

    /// <summary>Setup class GUID in braces.</summary>
    public string ClassGuid { get; init; } = "{4d36e97d-e325-11ce-bfc1-08002be10318}";

    /// <summary>Setup class name.</summary>
    public string ClassName { get; init; } = "System";

    public string Description { get; init; } = "LastRef lab device";

    /// <summary>What START hands over; none by default.</summary>
    public IReadOnlyList<DeviceResource> Resources { get; init; } = [];

    /// <summary>True when the device works without a function driver (Doc: DEVICE_CAPABILITIES, RawDeviceOK).</summary>
    public bool RawDeviceOk { get; init; }

    /// <summary>True when it can only be ejected while the system sleeps (Doc: DEVICE_CAPABILITIES, WarmEjectSupported).</summary>
    public bool IsEjectedAsleep { get; init; }

    /// <summary>GUID_BUS_TYPE_* of its bus; null for the lab's own (Doc: PNP_BUS_INFORMATION).</summary>
    public Guid? BusType { get; init; }

    /// <summary>INTERFACE_TYPE of its bus: Internal is 0, PNPBus 15.</summary>
    public uint LegacyBusType { get; init; }

    /// <summary>Makes what answers the device's own requests; null for a device that answers none.</summary>
    internal Func<LastRef.Nt.DeviceObject, IBusDevice>? Hardware { get; init; }
}

namespace LastRef.Lab;

/// <summary>The device that a PnP driver is given, and the registry values that it finds.</summary>
public sealed record DeviceProfile
{
    /// <summary>Enumerator and device, without the instance.</summary>
    public string DeviceId { get; init; } = @"LASTREF\DEVICE";

    public IReadOnlyList<string> HardwareIds { get; init; } = [@"LASTREF\DEVICE"];

    public IReadOnlyList<string> CompatibleIds { get; init; } = [];

    /// <summary>The instance of the first device; null for a number. Further ones get a number behind it.</summary>
    public string? Instance { get; init; }

    public string ClassGuid { get; init; } = "{4d36e97d-e325-11ce-bfc1-08002be10318}";

    public string ClassName { get; init; } = "System";

    public string Description { get; init; } = "LastRef lab device";

    /// <summary>What the device answers beyond what the PnP manager asks.</summary>
    public ProfileBus Bus { get; init; }

    /// <summary>The USB device; null on another bus.</summary>
    public ProfileUsb? Usb { get; init; }

    /// <summary>What is plugged into the serial port; null for nothing.</summary>
    public ProfileSerial? Serial { get; init; }

    /// <summary>Seconds that pass after a start before anything else happens: a driver that looks for its children in a thread needs them.</summary>
    public uint SettleSeconds { get; init; }

    /// <summary>True when it works without a function driver (Doc: DEVICE_CAPABILITIES, RawDeviceOK).</summary>
    public bool IsRaw { get; init; }

    /// <summary>Service of the driver that reports the device as its child; null for the lab's own bus.</summary>
    public string? Parent { get; init; }

    /// <summary>The device that <see cref="Parent"/> drives; null for one of the lab's that answers nothing.</summary>
    public DeviceProfile? ParentDevice { get; init; }

    /// <summary>Where in the stack the driver under test stands.</summary>
    public ProfilePosition Position { get; init; }

    /// <summary>Service of the function driver when the driver under test is a filter; null for the lab's own that does nothing.</summary>
    public string? Function { get; init; }

    public ProfileFilters Filters { get; init; } = new();

    /// <summary>How the driver under test is registered.</summary>
    public ProfileRegistration Service { get; init; } = new();

    /// <summary>Services of images given with <c>--with</c>.</summary>
    public IReadOnlyList<ProfileService> Services { get; init; } = [];

    /// <summary>Clients of the device.</summary>
    public IReadOnlyList<ProfileClient> Clients { get; init; } = [];

    /// <summary>What each application sends as soon as it has opened the device, in order.</summary>
    public IReadOnlyList<ProfileRequest> Requests { get; init; } = [];

    /// <summary>Values under the service's Parameters key.</summary>
    public IReadOnlyDictionary<string, ProfileValue> Parameters { get; init; } = new Dictionary<string, ProfileValue>();

    /// <summary>Ports, memory and interrupts that START hands over.</summary>
    public IReadOnlyList<ProfileResource> Resources { get; init; } = [];

    /// <summary>Drivers of children that the driver under test reports.</summary>
    public IReadOnlyList<ProfileChild> Children { get; init; } = [];

    /// <summary>True when a service stop of a PnP driver is asked to work, so that its refusal is a finding (R-02).</summary>
    public bool ServiceStopMustWork { get; init; }
}

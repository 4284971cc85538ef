namespace LastRef.Lab;

/// <summary>The device that a PnP driver is given, and the registry values that it finds.</summary>
public sealed record DeviceProfile
{
    /// <summary>Enumerator and device, without the instance.</summary>
    public string DeviceId { get; init; } = @"LASTREF\DEVICE";

    public IReadOnlyList<string> HardwareIds { get; init; } = [@"LASTREF\DEVICE"];

    public IReadOnlyList<string> CompatibleIds { get; init; } = [];

    public string ClassGuid { get; init; } = "{4d36e97d-e325-11ce-bfc1-08002be10318}";

    public string ClassName { get; init; } = "System";

    public string Description { get; init; } = "LastRef lab device";

    /// <summary>Values under the service's Parameters key.</summary>
    public IReadOnlyDictionary<string, ProfileValue> Parameters { get; init; } = new Dictionary<string, ProfileValue>();

    /// <summary>Ports, memory and interrupts that START hands over.</summary>
    public IReadOnlyList<ProfileResource> Resources { get; init; } = [];

    /// <summary>Drivers of children that the driver under test reports.</summary>
    public IReadOnlyList<ProfileChild> Children { get; init; } = [];

    /// <summary>True when a service stop of a PnP driver is asked to work, so that its refusal is a finding (R-02).</summary>
    public bool ServiceStopMustWork { get; init; }
}

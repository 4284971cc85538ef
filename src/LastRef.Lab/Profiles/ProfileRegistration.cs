namespace LastRef.Lab;

/// <summary>How an INF file registers a service.</summary>
public sealed record ProfileRegistration
{
    public ProfileStart Start { get; init; } = ProfileStart.Demand;

    /// <summary>Null for the service's own name.</summary>
    public string? DisplayName { get; init; }

    /// <summary>Load order group; null for none.</summary>
    public string? Group { get; init; }

    /// <summary>Services that must run first.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];
}

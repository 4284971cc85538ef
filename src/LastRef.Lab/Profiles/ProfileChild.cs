namespace LastRef.Lab;

/// <summary>Which drivers a reported child gets.</summary>
public sealed record ProfileChild(string HardwareId, string? Service)
{
    /// <summary>Services of filters below its function driver, from the bottom up.</summary>
    public IReadOnlyList<string> LowerFilters { get; init; } = [];

    /// <summary>Services of filters above it.</summary>
    public IReadOnlyList<string> UpperFilters { get; init; } = [];
}

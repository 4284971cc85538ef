namespace LastRef.Lab;

/// <summary>Services of the filters in the device's stack, each list from the bottom up.</summary>
public sealed record ProfileFilters
{
    public IReadOnlyList<string> Lower { get; init; } = [];

    public IReadOnlyList<string> ClassLower { get; init; } = [];

    public IReadOnlyList<string> Upper { get; init; } = [];

    public IReadOnlyList<string> ClassUpper { get; init; } = [];

    public IEnumerable<string> All => [.. Lower, .. ClassLower, .. Upper, .. ClassUpper];
}

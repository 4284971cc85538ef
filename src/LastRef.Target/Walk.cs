namespace LastRef;

/// <summary>What a walk over linked structures saw, and how it ended.</summary>
/// <param name="Items">The structures visited, in list order; without a reservation only when <see cref="End"/> is <see cref="WalkEnd.Complete"/>.</param>
/// <param name="End">How the walk ended.</param>
/// <param name="At">The address that could not be read, or that closed the cycle; null for other ends.</param>
/// <param name="Failure">Why <paramref name="At"/> could not be read.</param>
public sealed record Walk<T>(IReadOnlyList<T> Items, WalkEnd End, VirtualAddress At = default, ReadFailure Failure = ReadFailure.None)
{
    /// <summary>True when everything was seen.</summary>
    public bool IsComplete => End == WalkEnd.Complete;

    /// <summary>For a note beside the items: empty when complete, else how the walk ended.</summary>
    public string Reservation => End switch
    {
        WalkEnd.Complete => "",
        WalkEnd.LimitReached => $"stopped after {Items.Count}",
        WalkEnd.Cycle => $"runs in a circle at {At}",
        WalkEnd.Unreadable => $"unreadable at {At} ({Failure})",
        _ => End.ToString(),
    };
}

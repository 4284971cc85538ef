namespace LastRef;

/// <summary>Another finding of the same run, seen from the one that is to be fixed.</summary>
/// <param name="Remains">True when it would still keep the driver, or still do its harm, once this one is fixed; false when it goes with it.</param>
public sealed record OtherFinding(Reason Reason, string Title, bool Remains)
{
    /// <summary>
    /// Fills in, for each finding that counts, what becomes of the others when it alone is fixed. Two findings about the same hold (same
    /// holder, same counter) or the same call are two names for one mistake and go together; everything else is held on its own.
    /// </summary>
    internal static IEnumerable<Finding> Fill(IReadOnlyList<Finding> ranked)
    {
        foreach (var finding in ranked)
        {
            yield return IsOwn(finding)
                ? finding with { Others = [.. ranked.Where(other => !ReferenceEquals(other, finding) && IsOwn(other)).Select(other => new OtherFinding(other.Reason, other.Title, !IsSameMistake(finding, other)))] }
                : finding;
        }
    }

    private static bool IsOwn(Finding finding) => finding is { Counts: true, IsOver: false };

    private static bool IsSameMistake(Finding one, Finding other) =>
        (one.Site is { } site && other.Site == site)
        || (other.Holders.Count > 0 && other.Holders.All(held => held.Counter is not null && !held.Address.IsNull
            && one.Holders.Any(h => h.Address == held.Address && h.Counter == held.Counter && h.Kind == held.Kind && h.Site == held.Site)));
}

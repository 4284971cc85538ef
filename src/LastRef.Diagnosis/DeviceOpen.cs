namespace LastRef;

/// <summary>One open of a device, with what keeps it.</summary>
/// <param name="Taken">The records of the references that keep it; empty without a trace.</param>
/// <param name="Requests">The requests that are kept.</param>
internal sealed record DeviceOpen(
    CapturedDevice Device, CapturedFile File, OpenerKind Opener, IReadOnlyList<ReferenceRecord> Taken, IReadOnlyList<CapturedIrp> Requests)
{
    /// <summary>Without a trace: who keeps the file object, as far as memory tells it.</summary>
    public IReadOnlyList<MemoryKeeper> Keepers { get; init; } = [];

    /// <summary>A finding about the open with what it cannot say when only the file object's address was found with its keeper.</summary>
    public Finding Doubted(Finding finding) =>
        Keepers.Any(keeper => !keeper.IsRecorded) ? finding with { Unobserved = [MemoryKeeper.Doubt, .. finding.Unobserved] } : finding;

    /// <summary>Where the first of them was taken.</summary>
    public CallSite? Site => Taken.Select(record => record.Site).Concat(Keepers.Select(keeper => keeper.Site)).FirstOrDefault(site => site is not null);
}

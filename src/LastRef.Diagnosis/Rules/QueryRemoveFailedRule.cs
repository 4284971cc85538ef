namespace LastRef;

/// <summary>R-25: a driver fails IRP_MN_QUERY_REMOVE_DEVICE, or its notification callback refuses.</summary>
internal sealed class QueryRemoveFailedRule : IDiagnosisRule
{
    private const byte IrpMjPnp = 0x1B;
    private const byte IrpMnQueryRemove = 0x01;

    public Reason Reason => Reason.QueryRemoveFailed;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        var told = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var refusal in Refusal.Of(situation).Reverse())
        {
            if (Find(situation, refusal) is { } finding && told.Add(finding.Blame.Image))
                yield return finding;
        }
    }

    private static Finding? Find(Situation situation, Refusal refusal) => refusal.Veto.VetoType switch
    {
        Refusal.Device when !DeviceUsage.IsInPath(situation, refusal) => ByRequest(situation, refusal),
        Refusal.Driver => ByCallback(situation, refusal),
        _ => null,
    };

    private static Finding? ByRequest(Situation situation, Refusal refusal)
    {
        var failed = situation.Records<IrpRecord>().LastOrDefault(r => r.Sequence < refusal.Veto.Sequence
            && r is { Step: IrpStep.Completed, Major: IrpMjPnp, Minor: IrpMnQueryRemove, Status.IsSuccess: false });
        if (failed is null)
            return null;
        var site = failed.Site ?? situation.Calls.LastOrDefault(c => c.Kind == DriverCallKind.Dispatch && c.Irp == failed.Irp && c.Driver == failed.Driver)?.Target;
        var blame = failed.Site is null ? situation.BlameOfDriver(failed.Driver, null) : situation.BlameOf(failed.Site);
        return Make(
            situation, refusal, blame, site, [Evidence.Seen(failed, $"IRP_MN_QUERY_REMOVE_DEVICE was completed with {failed.Status}")],
            $"{blame.Image} fails IRP_MN_QUERY_REMOVE_DEVICE for {refusal.Veto.Name} with {failed.Status}");
    }

    private static Finding? ByCallback(Situation situation, Refusal refusal)
    {
        var returned = situation.Calls.LastOrDefault(c => c.Sequence < refusal.Veto.Sequence
            && c is { Kind: DriverCallKind.Notification, Result: { } result } && !NtStatus.FromCode((uint)result).IsSuccess);
        if (returned is null)
            return null;
        var blame = situation.BlameOf(returned.Target);
        return Make(
            situation, refusal, blame, returned.Target,
            [Evidence.Seen(returned, $"its callback for GUID_TARGET_DEVICE_QUERY_REMOVE returned {NtStatus.FromCode((uint)returned.Result!.Value)}")],
            $"{blame.Image} refuses the removal of {refusal.Subject} in its notification callback");
    }

    /// <remarks>A refusal that was over at the end, while a client had the device open for instance, is a part of the story.</remarks>
    private static Finding Make(Situation situation, Refusal refusal, Blame blame, CallSite? site, IReadOnlyList<Evidence> evidence, string what) => situation.Find(
        Reason.QueryRemoveFailed, blame, refusal.IsOver
            ? $"{what}; a later removal went through."
            : $"{what}, also when nobody has the device open: it can neither be disabled nor updated without a restart.",
        [], [.. evidence, Evidence.Seen(refusal.Veto, $"the removal was refused: veto type {refusal.Veto.VetoType}, {refusal.Veto.Name}")], site)
        with { Counts = !refusal.IsOver, IsOver = refusal.IsOver };
}

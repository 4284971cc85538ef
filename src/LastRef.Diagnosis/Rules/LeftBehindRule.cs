namespace LastRef;

/// <summary>What R-41 to R-44 have in common: the image is gone and something will still call into it.</summary>
internal abstract class LeftBehindRule : IDiagnosisRule
{
    public abstract Reason Reason { get; }

    public bool AppliesTo(RunEnd end) => end is RunEnd.Completed or RunEnd.Crashed;

    /// <summary>What a kind is called, when it belongs to this reason; null when it does not.</summary>
    protected abstract string? Describe(RegistrationKind kind);

    /// <summary>The call that should have come.</summary>
    protected abstract string Undo(RegistrationKind kind);

    /// <summary>What to do about a kind for which the catalogue's advice does not fit; null where it does.</summary>
    protected virtual string? FixOf(RegistrationKind kind) => null;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        var crash = situation.Context.End == RunEnd.Crashed ? situation.Records<BugCheckRecord>().LastOrDefault() : null;
        var isGone = situation.Image == ImageState.Gone;
        foreach (var left in LeftBehind.Of(situation).Where(l => Describe(l.Kind) is not null).Take(Limits.Devices))
        {
            var what = Describe(left.Kind)!;
            var site = left.Record?.Site;
            var holder = left.Kind switch
            {
                RegistrationKind.Timer or RegistrationKind.ExTimer or RegistrationKind.IoTimer or RegistrationKind.Dpc => HolderKind.Timer,
                RegistrationKind.SystemThread or RegistrationKind.Apc or RegistrationKind.ReturnAddress => HolderKind.Thread,
                RegistrationKind.ExWorkItem => HolderKind.WorkItem,
                RegistrationKind.CompletionRoutine => HolderKind.Irp,
                _ => HolderKind.Registration,
            };
            yield return situation.Find(
                Reason, situation.BlameDriver,
                isGone
                    ? $"{situation.Context.DriverImage} left memory while {what} still points into it: it holds no reference, so nothing waited for it, and the machine crashes when it runs."
                    : $"{situation.Context.DriverImage} frees memory in which {what} is still active: it holds no reference, so nothing waits for it, and it would run in freed memory.",
                [new Holder(holder, Named(situation, left, what), left.Address, null, site)],
                [
                    .. left.Record is { } record ? new[] { Evidence.Seen(record, $"begun at {record.Site}, not ended") } : [],
                    Evidence.Memory(left.Address, "routine", left.Routine.Value, isGone ? "the routine lies where the image was" : "the routine lies in the image"),
                    .. crash is null ? [] : new[] { Evidence.Seen(crash, $"bug check 0x{crash.Code:X}: {crash.Explanation}") },
                ],
                site, missing: $"{Undo(left.Kind)} before {(situation.EntryFailed ? "DriverEntry" : "DriverUnload")} returned")
                with { Fix = situation.EntryFailed ? situation.FixOfFailedEntry : FixOf(left.Kind) ?? Reasons.Of(Reason).Fix };
        }
    }

    /// <summary>What holds, with the driver whose table it is where there is one.</summary>
    private static string Named(Situation situation, LeftBehind left, string what) =>
        situation.Capture.Hooks.FirstOrDefault(h => h.Slot == left.Address) is { } hook ? $"{hook.Table} of {hook.DriverName}" : what;
}

namespace LastRef;

/// <summary>R-23, a case of its own: a wait for rundown that never ends because the protection was released more often than acquired: nobody holds anything (U-6.67).</summary>
internal sealed class RundownUnderflowRule : IDiagnosisRule
{
    private const string WaitRoutine = "ExWaitForRundownProtectionRelease";

    public Reason Reason => Reason.RoutineNeverReturns;

    public bool AppliesTo(RunEnd end) => end == RunEnd.Hung;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        foreach (var wait in situation.Records<RoutineRecord>().Where(r => r.Result is null && r.Routine.StartsWith(WaitRoutine, StringComparison.Ordinal) && r.Arguments.Count > 0).ToList())
        {
            var protection = wait.Arguments[0].Value;
            if (Underflow(situation, protection, wait.Sequence) is not { } extra)
                continue;
            var (acquired, released) = Count(situation, protection, wait.Sequence);
            var blame = situation.BlameOf(extra.Site);
            yield return situation.Find(
                Reason, blame,
                $"{blame.Image} waits for rundown protection at {new VirtualAddress(protection)} that was released more often than acquired: its count is below zero, "
                + "nobody holds anything, and the wait never ends.",
                [],
                [
                    Evidence.Seen(extra, $"released at {extra.Site} with nothing left to release"),
                    Evidence.Seen(wait, $"waited for at {wait.Site}, not ended"),
                    Evidence.Absent($"acquired {acquired} time(s), released {released} time(s)"),
                ],
                extra.Site, rule: "L-7", isComplete: situation.Context.Hang is HangKind.NoThreadCanRun or HangKind.StateRecurs)
                with
                {
                    Title = "Rundown protection was released more often than acquired",
                    Wait = WaitGraph.Of(situation),
                    Fix = "Release rundown protection exactly as often as ExAcquireRundownProtection returned TRUE.",
                };
        }
    }

    /// <summary>The release at which the count went below zero; null when it did not.</summary>
    private static RoutineRecord? Underflow(Situation situation, ulong protection, int until)
    {
        long count = 0;
        foreach (var (record, change) in Changes(situation, protection, until))
        {
            count += change;
            if (count < 0)
                return record;
        }

        return null;
    }

    private static (long Acquired, long Released) Count(Situation situation, ulong protection, int until)
    {
        var changes = Changes(situation, protection, until).Select(pair => pair.Change).ToList();
        return (changes.Where(change => change > 0).Sum(), -changes.Where(change => change < 0).Sum());
    }

    private static IEnumerable<(RoutineRecord Record, long Change)> Changes(Situation situation, ulong protection, int until)
    {
        foreach (var record in situation.Records<RoutineRecord>().Where(r => r.Sequence < until && r.Arguments.Count > 0 && r.Arguments[0].Value == protection))
        {
            var count = record.Routine.Contains("ProtectionEx", StringComparison.Ordinal) && record.Arguments.Count > 1 ? (uint)record.Arguments[1].Value : 1;

            // BOOLEAN: only the low byte of the result counts.
            if (record.Routine.StartsWith("ExAcquireRundownProtection", StringComparison.Ordinal) && (byte)(record.Result ?? 0) != 0)
                yield return (record, count);
            else if (record.Routine.StartsWith("ExReleaseRundownProtection", StringComparison.Ordinal))
                yield return (record, -count);
        }
    }
}

namespace LastRef;

/// <summary>The uses that a rundown reference counts, by the calls in the trace (U-6.67).</summary>
/// <remarks>A release names no use: what is outstanding is known by number, and the latest acquisitions stand for it.</remarks>
internal sealed record RundownLedger(IReadOnlyList<RoutineRecord> Held, IReadOnlyList<RoutineRecord> Extra)
{
    /// <param name="reference">Address of the EX_RUNDOWN_REF.</param>
    public static RundownLedger Of(Situation situation, VirtualAddress reference)
    {
        var held = new List<RoutineRecord>();
        var extra = new List<RoutineRecord>();
        foreach (var call in situation.Records<RoutineRecord>().Where(c => c.Arguments.Count > 0 && c.Arguments[0].Value == reference.Value))
        {
            switch (call.Routine)
            {
                case "ExAcquireRundownProtection" or "ExAcquireRundownProtectionEx" when (byte)(call.Result ?? 0) != 0:
                    held.Add(call);
                    break;
                case "ExReleaseRundownProtection" or "ExReleaseRundownProtectionEx" when held.Count > 0:
                    held.RemoveAt(held.Count - 1);
                    break;
                case "ExReleaseRundownProtection" or "ExReleaseRundownProtectionEx":
                    extra.Add(call);
                    break;
                case "ExInitializeRundownProtection" or "ExReInitializeRundownProtection":
                    held.Clear();
                    extra.Clear();
                    break;
            }
        }

        return new RundownLedger(held, extra);
    }
}

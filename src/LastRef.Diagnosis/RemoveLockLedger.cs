namespace LastRef;

/// <summary>Who has acquired a remove lock and not released it, by the trace (U-5.90).</summary>
internal sealed class RemoveLockLedger
{
    private readonly List<RegistrationRecord> _held = [];
    private readonly List<RegistrationRecord> _extra = [];

    /// <param name="lock">Address of the lock.</param>
    public static RemoveLockLedger Of(Situation situation, VirtualAddress @lock)
    {
        var ledger = new RemoveLockLedger();
        foreach (var record in situation.Records<RegistrationRecord>().Where(r => r.Kind == RegistrationKind.RemoveLock && r.Address == @lock))
        {
            if (record.Begin)
                ledger._held.Add(record);
            else if (ledger._held.FindLastIndex(h => h.Subject == record.Subject) is >= 0 and var index)
                ledger._held.RemoveAt(index);
            else
                ledger._extra.Add(record);
        }

        return ledger;
    }

    /// <summary>Acquisitions without their release, oldest first.</summary>
    public IReadOnlyList<RegistrationRecord> Held => _held;

    /// <summary>Releases with a tag that nobody had acquired the lock with.</summary>
    public IReadOnlyList<RegistrationRecord> Extra => _extra;
}

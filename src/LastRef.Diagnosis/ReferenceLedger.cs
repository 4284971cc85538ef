namespace LastRef;

/// <summary>Which references a trace shows to be outstanding: every taking without its release.</summary>
/// <remarks>
/// A release that names its holder ends the taking with that holder. One that cannot (ObDereferenceObject) is paired by
/// ownership: with the latest unnamed taking of the same image, else with the latest unnamed taking (L-7).
/// </remarks>
internal sealed class ReferenceLedger
{
    private readonly Dictionary<(VirtualAddress Object, ReferenceCounter Counter), List<ReferenceRecord>> _outstanding = [];
    private readonly List<ReferenceRecord> _unmatched = [];
    private readonly List<ReferenceRecord> _ambiguous = [];
    private readonly List<ReferenceRecord> _taken = [];
    private readonly Dictionary<int, ReferenceRecord> _releases = [];

    /// <summary>Reads a trace up to and without the record at <paramref name="until"/>.</summary>
    public static ReferenceLedger Of(Trace trace, int until = int.MaxValue)
    {
        var ledger = new ReferenceLedger();
        foreach (var record in trace.Records)
        {
            if (record.Sequence >= until)
                break;
            ledger.Apply(record);
        }

        return ledger;
    }

    /// <summary>Every taking with the release that ended it.</summary>
    public IReadOnlyList<ReferencePair> Pairs() =>
        [.. _taken.Select(taken => _releases.TryGetValue(taken.Sequence, out var release)
            ? new ReferencePair(taken, release, _ambiguous.Contains(release))
            : new ReferencePair(taken, null, false))];

    /// <summary>Releases for which no taking was left.</summary>
    public IReadOnlyList<ReferenceRecord> Unmatched => _unmatched;

    /// <summary>Takings that are still outstanding on an object, oldest first.</summary>
    public IReadOnlyList<ReferenceRecord> Outstanding(VirtualAddress held, ReferenceCounter counter) =>
        _outstanding.TryGetValue((held, counter), out var list) ? list : [];

    /// <summary>True when a release could have ended another taking as well: who holds the rest is then an informed choice.</summary>
    public bool IsAmbiguous(VirtualAddress held) => _ambiguous.Exists(record => record.Object == held);

    private void Apply(TraceRecord record)
    {
        switch (record)
        {
            case ObjectRecord created:
                // Addresses are used again: what was known of the last object there ends here.
                foreach (var counter in Enum.GetValues<ReferenceCounter>())
                    _outstanding.Remove((created.Object, counter));
                break;
            case ReferenceRecord reference when TakesOutOfBatch(reference) || reference.New > reference.Old:
                ListOf(reference).Add(reference);
                _taken.Add(reference);
                break;
            case ReferenceRecord reference when reference.New < reference.Old:
                Release(reference);
                break;
        }
    }

    /// <summary>U-1.27: a look-up through a handle takes one of the references that the handle took in advance; the total stays.</summary>
    private static bool TakesOutOfBatch(ReferenceRecord reference) =>
        reference.Cause == ReferenceCause.ReferenceByHandle && reference.New == reference.Old;

    private void Release(ReferenceRecord release)
    {
        var list = ListOf(release);
        var index = list.FindLastIndex(taken => taken.Cause == release.Cause && taken.Holder == release.Holder && !taken.Holder.IsNull);
        if (index < 0 && IsUnnamed(release.Cause))
            index = FindUnnamed(list, release);
        if (index < 0)
            index = list.FindLastIndex(taken => taken.Cause == release.Cause && (taken.Holder.IsNull || release.Holder.IsNull));
        if (index >= 0)
        {
            _releases[list[index].Sequence] = release;
            list.RemoveAt(index);
        }
        else
            _unmatched.Add(release);

        // A handle that took several batches gives all of them back at once.
        if (release.Cause == ReferenceCause.OpenHandle && !release.Holder.IsNull)
        {
            foreach (var taken in list.Where(taken => taken.Cause == ReferenceCause.OpenHandle && taken.Holder == release.Holder))
                _releases[taken.Sequence] = release;
            list.RemoveAll(taken => taken.Cause == ReferenceCause.OpenHandle && taken.Holder == release.Holder);
        }
    }

    private int FindUnnamed(List<ReferenceRecord> list, ReferenceRecord release)
    {
        var module = release.Site?.Module;
        var sameImage = list.FindLastIndex(taken => IsUnnamed(taken.Cause) && taken.Site?.Module == module);
        var any = sameImage >= 0 ? sameImage : list.FindLastIndex(taken => IsUnnamed(taken.Cause));
        if (any < 0)
            return any;
        var candidates = list.Where(taken => IsUnnamed(taken.Cause) && taken.Site?.Module == list[any].Site?.Module);
        if (candidates.Select(taken => taken.Site).Distinct().Count() > 1)
            _ambiguous.Add(release);
        return any;
    }

    /// <summary>References that are given back with ObDereferenceObject, which does not say which one it means.</summary>
    internal static bool IsUnnamed(ReferenceCause cause) => cause is
        ReferenceCause.ExplicitReference or ReferenceCause.ReferenceByHandle or ReferenceCause.ReferenceByName
        or ReferenceCause.DeviceObjectPointer or ReferenceCause.AttachedDeviceReference or ReferenceCause.LowerDeviceReference
        or ReferenceCause.BaseDeviceReference or ReferenceCause.DeviceEnumeration

        // The I/O manager references the storage stack, and the file system gives that back when it dismounts;
        // so it is with the file object that IoCreateStreamFileObject made (U-6.18).
        or ReferenceCause.VolumeMount or ReferenceCause.StreamFile

        // A bus driver references what it reports, and the PnP manager or another driver gives that back (U-6.12).
        or ReferenceCause.DeviceRelations;

    private List<ReferenceRecord> ListOf(ReferenceRecord record)
    {
        var key = (record.Object, record.Counter);
        if (!_outstanding.TryGetValue(key, out var list))
            _outstanding.Add(key, list = []);
        return list;
    }
}

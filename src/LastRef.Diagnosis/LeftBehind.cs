namespace LastRef;

/// <summary>Something that still points into an image that left memory.</summary>
/// <param name="Record">Where the trace shows it to begin; null for a dump.</param>
internal sealed record LeftBehind(RegistrationKind Kind, VirtualAddress Address, VirtualAddress Routine, TraceRecord? Record)
{
    /// <summary>Everything that outlived the image, by the trace where there is one, else by memory. Spec: U-6.93.</summary>
    public static IEnumerable<LeftBehind> Of(Situation situation)
    {
        var gone = GoneRanges(situation);
        var seen = new HashSet<(RegistrationKind, VirtualAddress)>();
        if (CaughtByVerifier(situation) is { } caught)
            yield return caught;
        foreach (var record in Outstanding(situation).Where(r => gone.Exists(range => r.Routine - range.Base < range.ByteCount)))
        {
            if (seen.Add((record.Kind, record.Address)))
                yield return new LeftBehind(record.Kind, record.Address, record.Routine, record);
        }

        // A thread that crashed on entering a routine of the list stands at its first byte: it is that one mistake again.
        var entered = Outstanding(situation).Select(r => r.Routine).ToHashSet();
        var threads = seen.Any(known => known.Item1 is RegistrationKind.SystemThread or RegistrationKind.IoSystemThread or RegistrationKind.ExWorkItem or RegistrationKind.Apc);
        foreach (var found in FromMemory(situation.Capture).Where(l => gone.Exists(range => l.Routine - range.Base < range.ByteCount)))
        {
            // A thread or work item that is known to run there returns there as well: one mistake, one finding.
            if (found.Kind == RegistrationKind.ReturnAddress && (threads || entered.Contains(found.Routine)))
                continue;
            if (seen.Add((found.Kind, found.Address)))
                yield return found with { Record = BeginOf(situation, found) };
        }
    }

    /// <summary>Registrations that began and did not end, in order.</summary>
    public static IEnumerable<RegistrationRecord> Outstanding(Situation situation)
    {
        var standing = new Dictionary<(RegistrationKind, VirtualAddress), RegistrationRecord>();
        foreach (var record in situation.Records<RegistrationRecord>())
        {
            if (record.Begin)
                standing[(record.Kind, record.Address)] = record;
            else
                standing.Remove((record.Kind, record.Address));
        }

        return standing.Values.OrderBy(record => record.Sequence);
    }

    /// <summary>A request has no registration: it begins where it was sent.</summary>
    private static TraceRecord? BeginOf(Situation situation, LeftBehind found) => found.Kind switch
    {
        RegistrationKind.CompletionRoutine => situation.Records<IrpRecord>()
            .LastOrDefault(r => r.Step == IrpStep.Sent && r.Irp == found.Address && situation.IsOurImage(r.Site?.Module)),
        RegistrationKind.ReturnAddress => situation.Records<RoutineRecord>().LastOrDefault(r => r.Thread == found.Address && r.Result is null && situation.IsOurImage(r.Site?.Module)),
        _ => null,
    };

    /// <summary>What Driver Verifier found in memory that was being freed (bug check 0xC7): its second parameter is the timer, DPC or item. Spec: 8.3.</summary>
    private static LeftBehind? CaughtByVerifier(Situation situation)
    {
        const uint TimerOrDpcInvalid = 0xC7;
        if (situation.Crash is not { Code: TimerOrDpcInvalid, Parameters: [_, var item, ..] })
            return null;
        if (situation.Trace is null)
            return FromMemory(situation.Capture).FirstOrDefault(found => found.Address.Value == item);
        return Outstanding(situation).FirstOrDefault(r => r.Address.Value == item) is { } record
            ? new LeftBehind(record.Kind, record.Address, record.Routine, record)
            : null;
    }

    /// <summary>Where images of the driver under test were that have left memory.</summary>
    private static List<(VirtualAddress Base, uint ByteCount)> GoneRanges(Situation situation)
    {
        var ranges = situation.Records<ImageRecord>().Where(r => !r.Mapped && situation.IsOurImage(r.FileName)).Select(r => (r.Base, r.ByteCount)).ToList();
        if (ranges.Count == 0 && situation.Image == ImageState.Gone && situation.Capture.ImageBytes != 0)
            ranges.Add((situation.Capture.ImageBase, situation.Capture.ImageBytes));
        ranges.AddRange(situation.Capture.EarlierImages);
        return ranges;
    }

    private static IEnumerable<LeftBehind> FromMemory(Capture capture) =>
    [
        .. capture.Timers.Select(t => new LeftBehind(RegistrationKind.Timer, t.Address, t.Routine, null)),
        .. capture.Dpcs.Select(t => new LeftBehind(RegistrationKind.Dpc, t.Address, t.Routine, null)),
        .. capture.Threads.Select(t => new LeftBehind(RegistrationKind.SystemThread, t.Address, t.StartAddress, null)),
        .. capture.ExWorkItems.Select(w => new LeftBehind(RegistrationKind.ExWorkItem, w.Address, w.Routine, null)),
        .. capture.Registrations.Select(r => new LeftBehind(r.Kind, r.Address, r.Routine, null)),
        .. capture.Hooks.Select(h => new LeftBehind(RegistrationKind.DispatchPointer, h.Slot, h.Routine, null)),
        .. capture.ReturnAddresses.Select(r => new LeftBehind(RegistrationKind.ReturnAddress, r.Thread, r.Address, null)),
        .. capture.Irps.SelectMany(i => i.CompletionRoutines.Select(r => new LeftBehind(RegistrationKind.CompletionRoutine, i.Address, r, null))),
    ];
}

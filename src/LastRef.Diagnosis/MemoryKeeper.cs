namespace LastRef;

/// <summary>Who keeps references that no structure accounts for, as far as a dump's memory tells it.</summary>
/// <param name="Site">Where the reference was taken, when the kernel recorded it.</param>
/// <param name="IsRecorded">True when the kernel recorded it; false when only the object's address is kept there, which proves no reference.</param>
internal sealed record MemoryKeeper(Blame Blame, CallSite? Site, bool IsRecorded, Evidence Evidence)
{
    /// <summary>What a finding cannot say that rests on an address alone.</summary>
    public const string Doubt = "whether the address that is kept there stands for the reference: an address proves none";

    /// <summary>The keepers of an object's references; none when memory tells nobody, or several that it could be.</summary>
    public static IReadOnlyList<MemoryKeeper> Of(Situation situation, VirtualAddress held)
    {
        var changes = situation.Capture.ReferenceChanges.Where(change => change.Object == held).ToList();
        return changes.Count > 0
            ? [.. Outstanding(changes).Select(change => Recorded(situation, change))]
            : OfAddress(situation, held);
    }

    /// <summary>
    /// Takings by drivers without their release. A release ends the latest taking of the same image with the same tag, else the latest of
    /// the same image, as L-7 asks; what other routines take for themselves, they also give back, and structures in memory account for it.
    /// </summary>
    private static List<CapturedReferenceChange> Outstanding(IEnumerable<CapturedReferenceChange> changes)
    {
        var open = new List<CapturedReferenceChange>();
        foreach (var change in changes.Where(change => change.Site?.Module is not null && IsOfReferences(change.Routine)))
        {
            for (var i = 0; i < Math.Min(change.Change, Limits.Devices); i++)
                open.Add(change with { Change = 1 });
            for (var i = 0; i < Math.Min(-change.Change, Limits.Devices); i++)
            {
                var same = open.FindLastIndex(taken => taken.Site?.Module == change.Site?.Module && taken.Tag == change.Tag);
                same = same >= 0 ? same : open.FindLastIndex(taken => taken.Site?.Module == change.Site?.Module);
                // A reference that another driver handed over: its release ends the latest of any.
                same = same >= 0 ? same : open.Count - 1;
                if (same >= 0)
                    open.RemoveAt(same);
            }
        }

        return open;
    }

    /// <summary>Routines whose references only ObDereferenceObject gives back, and that routine itself; a routine without a name may be one.</summary>
    private static bool IsOfReferences(string? routine) => routine is null
        || routine.StartsWith("ObReference", StringComparison.Ordinal) || routine.StartsWith("ObfReference", StringComparison.Ordinal)
        || routine.StartsWith("ObDereference", StringComparison.Ordinal) || routine.StartsWith("ObfDereference", StringComparison.Ordinal)
        || routine is "IoGetDeviceObjectPointer" or "IoGetAttachedDeviceReference" or "IoGetLowerDeviceObject" or "IoGetDeviceAttachmentBaseRef"
            or "IoEnumerateDeviceObjectList" or "IoAllocateErrorLogEntry" or "IoFreeErrorLogEntry" or "IoWriteErrorLogEntry";

    private static MemoryKeeper Recorded(Situation situation, CapturedReferenceChange change)
    {
        var how = change.Routine is { } routine ? $" by {routine}" : "";
        return new MemoryKeeper(
            situation.BlameOf(change.Site), change.Site, true,
            Evidence.Memory(change.Record, "OBJECT_REF_STACK_INFO.Sequence", change.Sequence, $"the kernel recorded that {change.Site} took the reference{how} (tag {change.Tag}), and not that it gave it back"));
    }

    /// <summary>
    /// One image that keeps the address, and no other, beside the driver itself: of its driver object and its devices it has the addresses
    /// anyway, of a file object it need not.
    /// </summary>
    private static List<MemoryKeeper> OfAddress(Situation situation, VirtualAddress held)
    {
        var keepers = situation.Capture.Keepers.Where(keeper => keeper.Object == held).ToList();
        var others = keepers.Where(keeper => !situation.IsOurImage(keeper.Image)).ToList();
        var candidates = others.Count == 0 && situation.Capture.FileAt(held) is not null ? keepers : others;
        if (candidates.Select(keeper => keeper.Image).Distinct(StringComparer.OrdinalIgnoreCase).Count() != 1)
            return [];
        var first = candidates[0];
        var place = first.Kind == PlaceKind.Image ? $"{first.Image}+0x{first.Offset:x}" : $"offset 0x{first.Offset:x} of a device extension of {first.Image}";
        return
        [
            new MemoryKeeper(
                situation.IsOurImage(first.Image) ? situation.BlameDriver : new Blame(Party.Neighbour, first.Image), null, false,
                Evidence.Memory(first.At, first.Kind == PlaceKind.Image ? "image" : "DEVICE_OBJECT.DeviceExtension", held.Value, $"{place} keeps its address, and no other driver does")),
        ];
    }
}

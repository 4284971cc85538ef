namespace LastRef;

/// <summary>R-46: the image left, but memory or a name that it had made stays; or memory is freed that holds an ERESOURCE which was not deleted.</summary>
internal sealed class ResourceLeftRule : IDiagnosisRule
{
    public Reason Reason => Reason.ResourceLeft;

    public bool AppliesTo(RunEnd end) => end is RunEnd.Completed or RunEnd.Crashed;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (situation.Context.End == RunEnd.Crashed)
            return FreedWithResource(situation);
        if (situation.Image != ImageState.Gone || situation.Trace is null || situation.Context.End != RunEnd.Completed)
            return [];
        var findings = Pool(situation).Concat(Registrations(situation));
        return situation.EntryFailed ? findings.Select(finding => finding with { Fix = situation.FixOfFailedEntry }) : findings;
    }

    /// <summary>What Driver Verifier stops at: bug check 0xC4, rule D2, whose second parameter is the ERESOURCE (Doc: "Bug Check 0xC4"; spec 8.3).</summary>
    private IEnumerable<Finding> FreedWithResource(Situation situation)
    {
        const uint detectedViolation = 0xC4, activeResource = 0xD2;
        if (situation.Records<BugCheckRecord>().LastOrDefault() is not { Code: detectedViolation, Parameter1: activeResource } crash)
            yield break;
        var resource = new VirtualAddress(crash.Parameter2);
        var begin = situation.Records<RegistrationRecord>().LastOrDefault(r => r.Begin && r.Kind == RegistrationKind.Resource && r.Address == resource);
        var site = begin?.Site ?? crash.Site;
        var blame = situation.BlameOf(site);
        if (blame.Party == Party.System)
            blame = situation.BlameDriver;
        yield return situation.Find(
            Reason, blame, $"{blame.Image} did not delete an ERESOURCE before its memory went: Driver Verifier stops the machine with bug check 0xC4, rule 0xD2.",
            [new Holder(HolderKind.Registration, "an ERESOURCE", resource, null, begin?.Site)],
            [.. begin is null ? [] : new[] { Evidence.Seen(begin, $"initialized at {begin.Site}") }, Evidence.Seen(crash, $"bug check 0xC4: {crash.Explanation}")],
            site, missing: "ExDeleteResourceLite was never called for it");
    }

    private IEnumerable<Finding> Pool(Situation situation)
    {
        var standing = new Dictionary<VirtualAddress, PoolRecord>();
        foreach (var record in situation.Records<PoolRecord>())
        {
            if (!record.Allocated)
                standing.Remove(record.Address);
            else if (situation.IsOurImage(record.Site?.Module))
                standing[record.Address] = record;
        }

        foreach (var group in standing.Values.GroupBy(r => (r.Site, r.Tag)).OrderBy(g => g.First().Sequence).Take(Limits.Devices))
        {
            var first = group.First();
            var bytes = group.Sum(r => (long)r.ByteCount);
            var tag = Text(first.Tag);
            yield return situation.Find(
                Reason, situation.BlameDriver,
                $"{situation.Context.DriverImage} left memory, but {group.Count()} pool block(s) with tag '{tag}', {bytes} bytes in all, were never freed.",
                [new Holder(HolderKind.Pool, $"pool '{tag}', {bytes} bytes", first.Address, null, first.Site)],
                [Evidence.Seen(first, $"allocated at {first.Site}"), Evidence.Absent("it was never freed")],
                first.Site, missing: "ExFreePoolWithTag was never called for it");
        }
    }

    private IEnumerable<Finding> Registrations(Situation situation)
    {
        foreach (var left in LeftBehind.Outstanding(situation).Where(r => situation.IsOurImage(r.Site?.Module)))
        {
            if (Describe(left.Kind) is not var (what, undo))
                continue;
            var name = situation.Capture.SymbolicLinks.FirstOrDefault(l => l.Address == left.Address)?.Name ?? situation.PathOf(left.Address);
            yield return situation.Find(
                Reason, situation.BlameDriver,
                $"{situation.Context.DriverImage} left memory, but {what}{(name is null ? "" : " " + name)} stays.",
                [new Holder(HolderKind.Registration, name ?? what, left.Address, null, left.Site)],
                [Evidence.Seen(left, $"made at {left.Site}"), Evidence.Absent("it was never undone")],
                left.Site, missing: $"{undo} was never called for it");
        }
    }

    private static (string What, string Undo)? Describe(RegistrationKind kind) => kind switch
    {
        RegistrationKind.SymbolicLink => ("the symbolic link", "IoDeleteSymbolicLink"),
        RegistrationKind.Lookaside => ("a lookaside list", "ExDeleteLookasideListEx"),
        RegistrationKind.Resource => ("an ERESOURCE", "ExDeleteResourceLite"),
        RegistrationKind.IoMapping => ("an I/O mapping", "MmUnmapIoSpace"),
        RegistrationKind.Mdl => ("an MDL with its pages locked or mapped", "MmUnlockPages or IoFreeMdl"),
        RegistrationKind.Section => ("a section", "ZwClose"),
        RegistrationKind.RegistryKey => ("a registry key handle", "ZwClose"),
        RegistrationKind.FileHandle => ("an open file handle", "ZwClose"),
        RegistrationKind.DmaAdapter => ("a DMA adapter", "PutDmaAdapter"),
        RegistrationKind.CommonBuffer => ("a common buffer for DMA", "FreeCommonBuffer"),
        RegistrationKind.DeviceInterface => ("an enabled device interface", "IoSetDeviceInterfaceState(FALSE)"),
        _ => null,
    };

    private static string Text(uint tag)
    {
        Span<char> text = stackalloc char[4];
        for (var i = 0; i < 4; i++)
        {
            var c = (char)((tag >> (8 * i)) & 0x7F);
            text[i] = c is >= ' ' and < (char)0x7F ? c : '.';
        }

        return text.ToString();
    }
}

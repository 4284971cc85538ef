namespace LastRef;

/// <summary>R-49: a device arrives while the driver is on its way out; its load fails, and a later one does not.</summary>
internal sealed class UnloadRaceRule : IDiagnosisRule
{
    public Reason Reason => Reason.UnloadRace;

    /// <summary>CM_PROB_DRIVER_FAILED_PRIOR_UNLOAD (cfg.h).</summary>
    private const uint FailedPriorUnload = 38;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (situation.Trace is null)
        {
            if (OfDump(situation) is { } left)
                yield return left;
            yield break;
        }

        foreach (var refused in situation.Records<LoadRefusedRecord>().Where(r => situation.IsOurImage(r.ImageFile)
            && (r.LoadedBy is null || r.LoadedBy.Equals(r.Service, StringComparison.OrdinalIgnoreCase))))
        {
            var begun = situation.Records<UnloadRecord>().LastOrDefault(r => r.Sequence < refused.Sequence && r.Step is UnloadStep.Invoked);
            var gone = situation.Records<ImageRecord>().FirstOrDefault(r => r.Sequence > refused.Sequence && !r.Mapped && situation.IsOurImage(r.FileName));
            if (begun is null || gone is null)
                continue;
            var call = situation.Calls.LastOrDefault(c => c.Kind == DriverCallKind.DriverUnload && c.Sequence < refused.Sequence && c.Result is null
                && !(situation.ReturnOf(c) is { } back && back.Sequence < refused.Sequence));
            var work = situation.Records<RegistrationRecord>().LastOrDefault(r => r.Begin && r.Sequence < refused.Sequence
                && r.Kind is RegistrationKind.WorkItem or RegistrationKind.IoSystemThread && situation.IsOurImage(r.Site?.Module)
                && !situation.Records<RegistrationRecord>().Any(e => !e.Begin && e.Address == r.Address && e.Sequence > r.Sequence && e.Sequence < refused.Sequence));

            // While another driver holds the image, the driver itself is not slow.
            if ((work?.Site ?? call?.Target) is not { } site)
                continue;
            var milliseconds = (gone.Time100ns - begun.Time100ns) / 10_000;
            yield return situation.Find(
                Reason, situation.BlameOf(site),
                $"A device arrived while {situation.Context.DriverImage} was on its way out of memory, which took {milliseconds} ms: its start failed with code 38, and would have worked a little later.",
                [],
                [
                    Evidence.Seen(begun, "DriverUnload was called"),
                    .. work is null ? [] : new[] { Evidence.Seen(work, $"a {(work.Kind == RegistrationKind.WorkItem ? "work item" : "thread")} of the driver was still running") },
                    Evidence.Seen(refused, $"the load for the new device was refused with {refused.Status}"),
                    Evidence.Seen(gone, $"the image left {milliseconds} ms after DriverUnload was called"),
                ],
                site);
            yield break;
        }
    }

    /// <summary>A device node keeps code 38 after the image that stood in the way has left.</summary>
    private Finding? OfDump(Situation situation)
    {
        if (situation.Image != ImageState.Gone || !situation.Capture.IsInUnloadedHistory
            || situation.Capture.NodesOfService.FirstOrDefault(node => node.Problem == FailedPriorUnload) is not { } node)
            return null;
        return situation.Find(
            Reason, situation.BlameDriver,
            $"{node.InstancePath} has code 38: when it was to start, an earlier instance of {situation.Context.DriverImage} was still on its way out of memory. It has left since, so a start would work now.",
            [],
            [
                Evidence.Memory(node.Address, "DEVICE_NODE.Problem", node.Problem, $"CM_PROB_DRIVER_FAILED_PRIOR_UNLOAD; the node's service is {node.ServiceName}"),
                Evidence.Absent($"{situation.Context.DriverImage} is in no list of loaded images, and in the history of those that left"),
            ],
            null, isComplete: false);
    }
}

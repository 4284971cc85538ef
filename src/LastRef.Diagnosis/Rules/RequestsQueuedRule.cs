namespace LastRef;

/// <summary>R-19: requests outlive their handle in a driver's queue and keep the file object.</summary>
internal sealed class RequestsQueuedRule : IDiagnosisRule
{
    public Reason Reason => Reason.RequestsQueuedForEver;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        foreach (var open in Opens.Of(situation).Where(o => o.Opener == OpenerKind.KeptRequests && Opens.Blocks(situation, o.Device)))
        {
            var irp = open.Requests[0];
            var owner = situation.Capture.DeviceAt(irp.Device);
            var blame = owner is null ? situation.BlameDriver : situation.BlameOfDriver(owner.Driver, owner.DriverName);
            var dispatch = Opens.DispatchOf(situation, irp.Address);
            yield return situation.Find(
                Reason, blame,
                $"{blame.Image} keeps {open.Requests.Count} request(s) whose handle is closed: they keep the file object of {situation.NameOf(open.Device)}, and DriverUnload is not called.",
                [Opens.HolderOf(situation, open)],
                [
                    .. Opens.EvidenceOf(open),
                    Evidence.Memory(irp.Address, "IRP.CancelRoutine", irp.CancelRoutine.Value, irp.CancelRoutine.IsNull ? "it has no cancel routine" : "it has a cancel routine, which did not complete it"),
                    .. irp.Cancelled ? new[] { Evidence.Memory(irp.Address, "IRP.Cancel", 1, "it was cancelled, and not completed") } : [],
                    Evidence.Memory(irp.Address, "IO_STACK_LOCATION.DeviceObject", irp.Device.Value, $"{blame.Image} has the request ({irp.Major})"),
                    .. dispatch is null ? [] : new[] { Evidence.Seen(dispatch, $"given to the dispatch routine at {dispatch.Target}") },
                ],
                dispatch?.Target, missing: "IoCompleteRequest was never called for it", isComplete: owner is not null);
        }
    }
}

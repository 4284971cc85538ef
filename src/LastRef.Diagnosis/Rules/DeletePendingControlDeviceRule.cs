using LastRef.Nt;

namespace LastRef;

/// <summary>R-50: the last device of a PnP driver went when nobody looked any more.</summary>
internal sealed class DeletePendingControlDeviceRule : IDiagnosisRule
{
    public Reason Reason => Reason.DeletePendingControlDevice;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (!situation.IsPnp || situation.EntryFailed)
            yield break;
        if (Now(situation) is { } now)
            yield return now;
        else if (Then(situation) is { } past)
            yield return past;
    }

    private Finding? Now(Situation situation)
    {
        if (situation.Image != ImageState.Loaded || !situation.HasHadDevices
            || situation.Driver is not { DriverUnload.IsNull: false } driver || !driver.Devices.IsComplete || driver.Devices.Items.Count != 0
            || situation.Attempt.State is not (AttemptState.None or AttemptState.Refused))
            return null;
        var freed = situation.Records<ObjectRecord>().LastOrDefault(r =>
            r is { Created: false, ObjectType: "Device" } && situation.OwnerOf(r.Object) == driver.Address);
        if (freed is null && situation.Trace is not null)
            return null;
        return situation.Find(
            Reason, situation.BlameDriver,
            $"{situation.Context.DriverImage} has no device left, but its last one went only after the last removal: nobody asks again, and the driver stays loaded and idle.",
            [new Holder(HolderKind.DriverObject, driver.Name ?? "driver object", driver.Address, ReferenceCounter.LoadCount, null)],
            [
                Evidence.Memory(driver.Address, "DRIVER_OBJECT.DeviceObject", 0, "the device list is empty"),
                Evidence.Memory(driver.Address, "DRIVER_OBJECT.Flags", (ulong)driver.Flags, "DriverUnload was not invoked"),
                .. freed is null ? [] : new[] { Evidence.Seen(freed, $"the last device, {situation.NameOf(freed.Object)}, was freed after the removal") },
            ],
            freed is null ? null : situation.CreationOf(freed.Object)?.Site, missing: "IoDeleteDevice took effect only when the PnP manager had looked already");
    }

    /// <summary>The same, when a later removal made the PnP manager look again: part of the story, and the client's doing.</summary>
    private Finding? Then(Situation situation)
    {
        var alive = new HashSet<VirtualAddress>();
        StimulusRecord? last = null;
        ObjectRecord? idle = null;
        foreach (var record in situation.Trace?.Records ?? [])
        {
            switch (record)
            {
                case StimulusRecord { Kind: not (StimulusKind.Conclude or StimulusKind.Note) } stimulus:
                    last = stimulus;
                    break;
                case ReferenceRecord { Cause: ReferenceCause.DeviceOfDriver } device when device.New > device.Old && situation.IsDriver(device.Object):
                    alive.Add(device.Holder);
                    idle = null;
                    break;
                case ObjectRecord { Created: false, ObjectType: "Device" } freed when alive.Remove(freed.Object):
                    idle = alive.Count == 0 && last is { Kind: StimulusKind.CloseHandle } ? freed : null;
                    break;
                case UnloadRecord { Step: UnloadStep.Invoked } when idle is not null && last is { Kind: StimulusKind.CloseHandle }:
                    idle = null;
                    break;
            }

            if (idle is not null && record is StimulusRecord { Kind: StimulusKind.ArriveDevice or StimulusKind.AddDevice })
                break;
        }

        if (idle is null)
            return null;
        var client = situation.Context.Clients.FirstOrDefault(c => c.Party == Party.Client);
        var name = situation.NameOf(idle.Object);
        return situation.Find(
            Reason, new Blame(Party.Client, client?.Image ?? ""),
            $"{client?.Image ?? "An application"} had {name} open while the last device was removed: the deletion took effect with the last close, when nobody looked any more, "
            + "and the driver stayed loaded and idle until a device came and went again.",
            [new Holder(HolderKind.Device, name, idle.Object, ReferenceCounter.PointerCount, situation.CreationOf(idle.Object)?.Site)],
            [Evidence.Seen(idle, "the last device was freed by a close, after the removal"), Evidence.Absent("no attempt followed before the next device came")], null)
            with { Counts = false, IsOver = true };
    }
}

using LastRef.Nt;

namespace LastRef;

/// <summary>R-03: a PnP driver's last devices are in no stack, so nobody will ever attempt.</summary>
internal sealed class ControlDeviceNotDeletedRule : IDiagnosisRule
{
    public Reason Reason => Reason.ControlDeviceNotDeleted;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (!situation.IsPnp || situation.EntryFailed || !situation.HasHadDevices || situation.Driver is not { } driver
            || situation.Attempt.State is AttemptState.Running or AttemptState.Returned)
            yield break;
        var listed = situation.Capture.DevicesOfDriver.Where(d => d.IsListed).ToList();
        var control = listed.Where(d => IsControlDevice(situation, d)).ToList();
        // A device that is still in a stack is reason enough to stay, and the last PnP device is not gone then. One that its removal
        // left behind is a mistake beside this one: the control device would stay without it too.
        var left = StackDeviceNotDeletedRule.LeftByRemoval(situation).Select(pair => pair.Device.Address).ToHashSet();
        if (control.Count == 0 || listed.Except(control).Any(d => !left.Contains(d.Address)))
            yield break;
        var first = control[0];
        var creation = situation.CreationOf(first.Address);
        yield return situation.Find(
            Reason, situation.BlameDriver,
            $"The control device {situation.NameOf(first)} of {situation.Context.DriverImage} is still there after the last PnP device was removed. "
            + "While a device is in the driver's list the PnP manager does not call DriverUnload, and sc stop is refused for a PnP driver.",
            [.. control.Take(Limits.Devices).Select(d => situation.HolderOf(d))],
            [
                Evidence.Memory(driver.Address, "DRIVER_OBJECT.DeviceObject", first.Address.Value, $"the driver's device list has {listed.Count}, not none"),
                Evidence.Memory(first.Address, "DEVOBJ_EXTENSION.AttachedTo", 0, "it is in no PnP stack: nothing below it, no device node"),
                Evidence.Memory(first.Address, "DEVOBJ_EXTENSION.ExtensionFlags", (ulong)first.ExtensionFlags, "no deletion of it is pending"),
                Evidence.Memory(driver.Address, "DRIVER_EXTENSION.AddDevice", driver.AddDevice.Value, "AddDevice is set: the driver is a PnP driver"),
                .. creation is null ? [] : new[] { Evidence.Seen(creation, $"made at {creation.Site}") },
            ],
            creation?.Site,
            missing: $"IoDeleteDevice was never called for {situation.NameOf(first)}");
    }

    /// <summary>U-4.2: in no stack, nothing pending; where there is a trace, it was never attached above another device either.</summary>
    internal static bool IsControlDevice(Situation situation, CapturedDevice device) =>
        device.AttachedTo.IsNull && device.DeviceNode.IsNull && device.Pending == 0
        && (situation.Trace is null
            ? (device.Flags & DeviceFlags.DeviceInitializing) == 0 && device.Name is not null
            : !situation.WasAttachedToAnother(device.Address) && !DeviceLeftByFailedAddDeviceRule.MadeByFailedAddDevice(situation, device));
}

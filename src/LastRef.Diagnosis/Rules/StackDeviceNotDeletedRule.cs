using LastRef.Nt;

namespace LastRef;

/// <summary>R-04: a device that was in a PnP stack got its removal and was not deleted.</summary>
internal sealed class StackDeviceNotDeletedRule : IDiagnosisRule
{
    private const byte IrpMjPnp = 0x1B;
    private const byte IrpMnRemoveDevice = 0x02;

    public Reason Reason => Reason.StackDeviceNotDeleted;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (!situation.IsPnp)
            yield break;
        foreach (var (device, remove) in LeftByRemoval(situation).Where(left => !situation.WasPdo(left.Device.Address)))
        {
            var creation = situation.CreationOf(device.Address);
            yield return situation.Find(
                Reason, situation.BlameDriver,
                $"{situation.Context.DriverImage} was told that its device is removed (IRP_MN_REMOVE_DEVICE) and did not delete its device object. "
                + "While a device is in the driver's list the PnP manager does not call DriverUnload.",
                [situation.HolderOf(device)],
                [
                    Evidence.Memory(device.Address, "DEVOBJ_EXTENSION.ExtensionFlags", (ulong)device.ExtensionFlags, "no deletion of it is pending"),
                    .. remove is null ? [] : new[] { Evidence.Seen(remove, "IRP_MN_REMOVE_DEVICE reached the device") },
                    .. creation is null ? [] : new[] { Evidence.Seen(creation, $"made at {creation.Site}") },
                ],
                creation?.Site,
                missing: $"IoDeleteDevice was never called for {situation.NameOf(device)}");
        }
    }

    /// <summary>Devices of the driver that are still listed although their removal came, with the request where the trace has it.</summary>
    internal static IReadOnlyList<(CapturedDevice Device, IrpRecord? Remove)> LeftByRemoval(Situation situation)
    {
        var left = new List<(CapturedDevice Device, IrpRecord? Remove)>();
        foreach (var device in situation.Capture.DevicesOfDriver.Where(d => d.IsListed && !d.IsDeletePending && d.DeviceNode.IsNull))
        {
            var remove = situation.Records<IrpRecord>().LastOrDefault(r =>
                r is { Step: IrpStep.Sent, Major: IrpMjPnp, Minor: IrpMnRemoveDevice } && r.Device == device.Address);
            var created = situation.CreationOf(device.Address);
            if (remove is not null && (created is null || remove.Sequence > created.Sequence))
                left.Add((device, remove));
            else if (situation.Trace is null && !device.AttachedTo.IsNull && situation.Capture.DeviceAt(device.AttachedTo) is null or { IsDeletePending: true })
                left.Add((device, null));
            else if (situation.Trace is null && LooksLeft(situation, device))
                left.Add((device, null));
            if (left.Count == Limits.Devices)
                break;
        }

        return left;
    }

    /// <summary>
    /// What memory alone shows of it: its removal was processed; or it is finished, has no name (so nobody can open it and it is no
    /// control device), is in no stack any more, and no other device of the driver is in one.
    /// </summary>
    private static bool LooksLeft(Situation situation, CapturedDevice device) =>
        device.AttachedTo.IsNull && device.AttachedDevice.IsNull
        && ((device.ExtensionFlags & DeviceObjectExtensionFlags.RemoveProcessed) != 0
            || (device.Name is null && device.Pending == 0 && (device.Flags & DeviceFlags.DeviceInitializing) == 0
                && situation.Capture.DevicesOfDriver.All(other => other.AttachedTo.IsNull && other.DeviceNode.IsNull)));
}

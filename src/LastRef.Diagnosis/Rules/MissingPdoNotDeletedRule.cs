namespace LastRef;

/// <summary>R-28: a child left the bus and had its REMOVE, and the bus driver kept its PDO (U-5.72).</summary>
internal sealed class MissingPdoNotDeletedRule : IDiagnosisRule
{
    private const byte IrpMjPnp = 0x1B;
    private const byte IrpMnRemoveDevice = 0x02;

    public Reason Reason => Reason.MissingPdoNotDeleted;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        foreach (var pdo in situation.Capture.DevicesOfDriver.Where(d => d.IsListed && !d.IsDeletePending && situation.WasPdo(d.Address)).Take(Limits.Devices))
        {
            var created = situation.CreationOf(pdo.Address);
            var remove = situation.Records<IrpRecord>().LastOrDefault(r =>
                r is { Step: IrpStep.Sent, Major: IrpMjPnp, Minor: IrpMnRemoveDevice } && r.Device == pdo.Address);
            var released = situation.NodeReleaseOf(pdo.Address);
            // A node that is still there means a child that the bus still reports: such a PDO may stay (U-5.71).
            if (!pdo.DeviceNode.IsNull)
                continue;
            if (situation.Trace is not null && (released is null || remove is null || (created is not null && remove.Sequence < created.Sequence)))
                continue;
            if (situation.Trace is null && StackDeviceNotDeletedRule.LeftByRemoval(situation).All(left => left.Device.Address != pdo.Address))
                continue;
            yield return situation.Find(
                Reason, situation.BlameDriver,
                $"{situation.Context.DriverImage} reported a child no longer, its device node is gone, and the PDO is still there: "
                + "while it is in the driver's list the PnP manager does not call DriverUnload.",
                [situation.HolderOf(pdo)],
                [
                    Evidence.Memory(pdo.Address, "DEVOBJ_EXTENSION.DeviceNode", 0, "the child has no device node any more"),
                    Evidence.Memory(pdo.Address, "DEVOBJ_EXTENSION.ExtensionFlags", (ulong)pdo.ExtensionFlags, "no deletion of it is pending"),
                    .. remove is null ? [Evidence.Memory(pdo.Address, "DEVICE_OBJECT.Flags", (ulong)pdo.Flags, "the PnP manager has marked it as the device of a bus")] : new[] { Evidence.Seen(remove, "IRP_MN_REMOVE_DEVICE reached the PDO") },
                    .. released is null ? [] : new[] { Evidence.Seen(released, "the PnP manager deleted its device node") },
                    .. created is null ? [] : new[] { Evidence.Seen(created, $"made at {created.Site}") },
                ],
                created?.Site, missing: $"IoDeleteDevice was never called for {situation.NameOf(pdo)}");
        }
    }
}

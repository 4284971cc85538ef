using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Removal by surprise, and REMOVE after the last close (spec 5.4).</summary>
internal sealed partial class PnpManager
{
    /// <summary>Devices whose stack handles SURPRISE_REMOVAL now: nobody may delete or detach in it (U-5.34).</summary>
    private readonly HashSet<VirtualAddress> _inSurprise = [];

    /// <summary>The device is gone without warning (U-5.31): SURPRISE now, REMOVE when every handle is closed.</summary>
    public GuestTask SurpriseRemove(PnpDevice device) => Serialized(() => SurpriseRemoveLocked(device, DeviceProblem.DeviceNotThere));

    /// <summary>Removal without a question.</summary>
    /// <param name="problem">Not there, or failed: a device that reported its own failure stays on its bus (U-5.41).</param>
    private async GuestTask SurpriseRemoveLocked(PnpDevice device, DeviceProblem problem, bool isGone = true)
    {
        var below = new HashSet<PnpDevice>(Descendants(device));
        var affected = await RemovalSet(device, ejects: false);
        foreach (var member in affected)
        {
            // A bus that is gone takes its children along; a device that goes for a relation's sake is still on its bus.
            member.IsMissing |= member == device ? isGone : below.Contains(member);
            SetProblem(member, problem, NtStatus.NoSuchDevice);
            if (!member.IsAdded)
                continue;
            member.IsSurpriseRemoved = true;
            member.RemovedWith = device;
            member.IsStopped = false;
            var stack = StackAbove(member.Pdo);
            foreach (var stackDevice in stack)
                _inSurprise.Add(stackDevice.Address);
            await SendPnp(member, PnpMinor.SurpriseRemoval);
            foreach (var stackDevice in stack)
                _inSurprise.Remove(stackDevice.Address);
            SetState(member, member.IsMissing ? NodeState.AwaitingQueuedDeletion : NodeState.AwaitingQueuedRemoval);
        }

        // U-5.31: every affected stack has its SURPRISE_REMOVAL first.
        foreach (var member in affected)
            await TellRemoved(member);
        await TellUserRemoved(affected, wasAsked: false);

        var finished = new List<PnpDevice>();
        foreach (var member in affected)
        {
            if (!HasOpens(member) && !HasWaitingChild(member))
            {
                finished.Add(member);
                await RemoveSurprised(member);
                continue;
            }

            // U-5.32: the devnode waits for the closes.
            foreach (var stackDevice in StackAbove(member.Pdo))
                AddFlags(stackDevice, DeviceObjectExtensionFlags.RemovePending);
            SetState(member, member.IsMissing ? NodeState.DeletePendingCloses : NodeState.RemovePendingCloses);
        }

        await ForgetRemoved(finished);
    }

    /// <summary>The last open of a device with REMOVE_PENDING went away (U-3.42).</summary>
    public void OnDeviceOpensGone(DeviceObject device)
    {
        var bottom = device;
        while (ExtensionOf(bottom).AttachedTo is { } below)
            bottom = below;
        if (DeviceOfPdo(bottom.Address) is not { IsSurpriseRemoved: true } pnp || HasOpens(pnp) || HasWaitingChild(pnp))
            return;
        foreach (var member in StackAbove(bottom))
        {
            var extension = ExtensionOf(member);
            extension.SetExtensionFlags(
                Memory, (extension.ExtensionFlags & ~DeviceObjectExtensionFlags.RemovePending) | DeviceObjectExtensionFlags.RemoveProcessed);
        }

        _kernel.Ex.QueueWork(_ => Serialized(() => FinishSurpriseRemoval(pnp)));
    }

    private async GuestTask FinishSurpriseRemoval(PnpDevice device)
    {
        if (device.IsDeleted)
            return;
        var finished = new List<PnpDevice> { device };
        await RemoveSurprised(device);

        // The parents that were pulled out with it and waited for it.
        for (var parent = device.Parent; parent is { IsSurpriseRemoved: true } && !HasOpens(parent) && !HasWaitingChild(parent); parent = parent.Parent)
        {
            finished.Add(parent);
            await RemoveSurprised(parent);
        }

        await ForgetRemoved(finished);
    }

    /// <summary>Children have their REMOVE before their parents (T-92): one that went in the same removal and waits for closes keeps its parent waiting.</summary>
    /// <remarks>
    /// U-5.32a, inferred from a bus driver in the field, ftdibus: it deletes every child in its own REMOVE and expects no REMOVE for one afterwards. A child that
    /// was reported missing before is a removal of its own and keeps nobody (U-5.74).
    /// </remarks>
    private static bool HasWaitingChild(PnpDevice device) =>
        device.Children.Exists(c => (c.IsSurpriseRemoved && c.RemovedWith == device.RemovedWith) || HasWaitingChild(c));

    private async GuestTask RemoveSurprised(PnpDevice device)
    {
        if (device.IsDeleted)
            return;

        // U-5.73: a device that was disabled before gets a second REMOVE, with which its bus deletes the PDO.
        await SendRemove(device);
        device.IsSurpriseRemoved = false;
        SetState(device, NodeState.Removed);
    }

    /// <summary>The devnodes go when every device of the removal has had its REMOVE, as in an orderly one; then the attempts are made.</summary>
    private async GuestTask ForgetRemoved(List<PnpDevice> devices)
    {
        foreach (var member in devices.Where(d => d.IsMissing && !d.IsDeleted).ToArray())
            await DeleteNode(member);
        await AttemptUnloads([.. devices]);
    }
}

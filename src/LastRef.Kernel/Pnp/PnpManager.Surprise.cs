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

        foreach (var member in affected)
        {
            if (!HasOpens(member))
            {
                await FinishSurpriseRemoval(member);
                continue;
            }

            // U-5.32: the devnode waits for the closes.
            foreach (var stackDevice in StackAbove(member.Pdo))
                AddFlags(stackDevice, DeviceObjectExtensionFlags.RemovePending);
            SetState(member, member.IsMissing ? NodeState.DeletePendingCloses : NodeState.RemovePendingCloses);
        }
    }

    /// <summary>The last open of a device with REMOVE_PENDING went away (U-3.42).</summary>
    public void OnDeviceOpensGone(DeviceObject device)
    {
        var bottom = device;
        while (ExtensionOf(bottom).AttachedTo is { } below)
            bottom = below;
        if (DeviceOfPdo(bottom.Address) is not { IsSurpriseRemoved: true } pnp || HasOpens(pnp))
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

        // U-5.73: a device that was disabled before gets a second REMOVE, with which its bus deletes the PDO.
        await SendRemove(device);
        device.IsSurpriseRemoved = false;
        SetState(device, NodeState.Removed);
        if (device.IsMissing)
            await DeleteNode(device);
        await AttemptUnloads(device);
    }
}

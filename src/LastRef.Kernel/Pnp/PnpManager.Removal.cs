using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Removing devices: orderly, by surprise, and what follows (spec 5.2 to 5.4).</summary>
internal sealed partial class PnpManager
{
    /// <summary>PNP_VetoOutstandingOpen and PNP_VetoDevice (spec 5.6).</summary>
    private const int VetoOutstandingOpen = 5;
    private const int VetoDevice = 6;

    /// <summary>Orderly removal of a device and its descendants; the device itself is disabled and its PDO stays (U-5.43).</summary>
    /// <returns>STATUS_PLUGPLAY_QUERY_VETOED when a driver failed the query or a handle is open (U-5.13, U-5.50).</returns>
    public GuestTask<NtStatus> QueryAndRemove(PnpDevice device) => Serialized(() => RemoveLocked(device, DeviceProblem.Disabled, null));

    /// <summary>The device is gone without warning (U-5.31): SURPRISE now, REMOVE when every handle is closed.</summary>
    public GuestTask SurpriseRemove(PnpDevice device) => Serialized(() => SurpriseRemoveLocked(device, DeviceProblem.DeviceNotThere));

    /// <summary>Orderly removal.</summary>
    /// <param name="problem">What Device Manager shows of the device afterwards.</param>
    /// <param name="afterwards">What follows the removal before drivers are unloaded; null for nothing.</param>
    private async GuestTask<NtStatus> RemoveLocked(PnpDevice device, DeviceProblem problem, Func<GuestTask>? afterwards)
    {
        // A descendant that was pulled out and waits for closes gets its own REMOVE later (U-5.74).
        var subtree = Descendants(device).FindAll(d => !d.IsSurpriseRemoved);
        if (!await QueryRemove(subtree))
            return NtStatus.PlugplayQueryVetoed;

        // U-5.15: who registered is told before the REMOVE requests.
        foreach (var member in subtree)
            await TellRemoved(member);
        await TellUserRemoved(subtree, wasAsked: true);
        foreach (var member in subtree)
        {
            SetProblem(member, DeviceProblem.WillBeRemoved, NtStatus.Success);
            await RemoveStack(member);
            SetProblem(member, problem, NtStatus.Success);
            if (member != device || member.IsMissing)
                await DeleteNode(member);
        }

        if (afterwards is not null)
            await afterwards();
        await AttemptUnloads([.. subtree]);
        return NtStatus.Success;
    }

    /// <summary>Asks drivers that registered for the devices, then the stacks, then looks for open handles.</summary>
    /// <returns>False after a veto: everybody who was asked has been told, and the devices go on working (U-5.14).</returns>
    private async GuestTask<bool> QueryRemove(List<PnpDevice> subtree)
    {
        var told = new List<(PnpDevice Device, VirtualAddress Entry)>();
        var asked = new List<PnpDevice>();

        // U-5.10: user mode is asked before any driver.
        if (UserMode is { } listeners && await listeners.QueryRemove(subtree) is { } refusal)
            return await Veto(refusal.VetoType, refusal.Device, refusal.Name, asked, told);
        foreach (var member in subtree)
        {
            // U-5.11: a callback that refuses ends it before any stack is asked.
            if (await AskTargetDrivers(member, told) is { } refusing)
                return await Veto(VetoDriver, member, refusing.DriverName.ToText(), asked, told);
        }

        foreach (var member in subtree.Where(d => d.IsStarted))
        {
            asked.Add(member);
            var (status, _) = await SendPnp(member, PnpMinor.QueryRemoveDevice);
            var veto = !status.IsSuccess && status != NtStatus.NotSupported ? VetoDevice : HasOpens(member) ? VetoOutstandingOpen : 0;
            if (veto != 0)
                return await Veto(veto, member, member.Identity.InstancePath, asked, told);
            SetState(member, NodeState.QueryRemoved);
        }

        return true;
    }

    private async GuestTask<bool> Veto(
        int type, PnpDevice by, string name, List<PnpDevice> asked, List<(PnpDevice Device, VirtualAddress Entry)> told)
    {
        _kernel.Record(new VetoRecord(type, by.Pdo.Address, name) { Holders = type == VetoOutstandingOpen ? OpenersOf(by) : [] });
        foreach (var cancelled in Enumerable.Reverse(asked))
        {
            await SendPnp(cancelled, PnpMinor.CancelRemoveDevice);
            SetState(cancelled, NodeState.Started);
        }

        await TellCancelled(told);
        if (UserMode is { } listeners)
            await listeners.QueryRemoveFailed();
        return false;
    }

    /// <summary>Removal without a question.</summary>
    /// <param name="problem">Not there, or failed: a device that reported its own failure stays on its bus (U-5.41).</param>
    private async GuestTask SurpriseRemoveLocked(PnpDevice device, DeviceProblem problem)
    {
        var isGone = problem == DeviceProblem.DeviceNotThere;
        var subtree = Descendants(device).FindAll(d => !d.IsSurpriseRemoved);
        foreach (var member in subtree)
        {
            member.IsMissing |= isGone || member != device;
            SetProblem(member, problem, NtStatus.NoSuchDevice);
            if (!member.IsAdded)
                continue;
            member.IsSurpriseRemoved = true;
            var stack = StackAbove(member.Pdo);
            await SendPnp(member, PnpMinor.SurpriseRemoval);
            if (_kernel.Options.Verifier)
                CheckSurpriseRemoval(stack);
        }

        // U-5.31: every affected stack has its SURPRISE_REMOVAL first.
        foreach (var member in subtree)
            await TellRemoved(member);
        await TellUserRemoved(subtree, wasAsked: false);
        foreach (var member in subtree)
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

    /// <summary>Driver Verifier: in SURPRISE_REMOVAL nobody deletes or detaches (U-5.34; T-96: 0xC9, rules 0x242 and 0x241).</summary>
    /// <param name="stack">The stack as it was before the request, from the bottom up.</param>
    private void CheckSurpriseRemoval(List<DeviceObject> stack)
    {
        for (var i = 1; i < stack.Count; i++)
        {
            var isDeleted = !_kernel.Ob.IsAlive(stack[i].Address, ObjectKind.Device)
                || (ExtensionOf(stack[i]).ExtensionFlags & DeviceObjectExtensionFlags.DeletePending) != 0;
            if (isDeleted)
                throw MachineStopException.BugCheck(0xC9, "a driver deleted its device in IRP_MN_SURPRISE_REMOVAL", 0x242, stack[i].Address.Value);
            if (ExtensionOf(stack[i]).AttachedTo?.Address != stack[i - 1].Address)
                throw MachineStopException.BugCheck(0xC9, "a driver detached its device in IRP_MN_SURPRISE_REMOVAL", 0x241, stack[i].Address.Value);
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

    /// <summary>Whether a device of the stack is open (U-5.20); the control devices of its drivers do not count.</summary>
    internal static bool HasOpens(PnpDevice device) => StackAbove(device.Pdo).Exists(d => d.ReferenceCount != 0);

    /// <summary>The device and everything below it, children before parents.</summary>
    internal static List<PnpDevice> Descendants(PnpDevice device)
    {
        var list = new List<PnpDevice>();
        foreach (var child in device.Children.ToArray())
            list.AddRange(Descendants(child));
        list.Add(device);
        return list;
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

    private async GuestTask RemoveStack(PnpDevice device)
    {
        if (!device.IsAdded)
            return;
        await SendRemove(device);
        SetState(device, NodeState.Removed);
    }

    /// <summary>REMOVE to the whole stack; a failure is ignored (U-5.82).</summary>
    private async GuestTask SendRemove(PnpDevice device)
    {
        foreach (var member in StackAbove(device.Pdo))
        {
            AddFlags(member, DeviceObjectExtensionFlags.RemoveProcessed);

            // U-3.50: whoever has a device in the stack, the bus driver and filters without AddDevice too.
            if (member.DriverObject is { } driver && !device.StackDrivers.Exists(d => d.Address == driver.Address))
                device.StackDrivers.Add(driver);
        }

        await SendPnp(device, PnpMinor.RemoveDevice);
        device.IsStarted = false;
        device.IsAdded = false;
        if (device.IsMissing)
            return;

        // The PDO of a device that is still there can get a new stack (U-5.71). The devnode holds it.
        var extension = ExtensionOf(device.Pdo);
        extension.SetExtensionFlags(
            Memory, extension.ExtensionFlags & ~(DeviceObjectExtensionFlags.RemoveProcessed | DeviceObjectExtensionFlags.StartPending));
    }

    /// <summary>U-3.50: for each driver that had a device in the stacks.</summary>
    private async GuestTask AttemptUnloads(params PnpDevice[] devices)
    {
        var seen = new HashSet<VirtualAddress>();
        foreach (var driver in devices.SelectMany(d => d.StackDrivers).ToArray())
        {
            if (seen.Add(driver.Address) && IsAlive(driver))
                await _kernel.Io.AttemptPnpUnload(driver);
        }

        foreach (var device in devices)
            device.StackDrivers.Clear();
    }

    /// <summary>Whether the memory is still this driver object: another device's attempt may have unloaded it.</summary>
    private bool IsAlive(DriverObject driver) =>
        _kernel.Ob.IsAlive(driver.Address, ObjectKind.Driver);

    private void AddFlags(DeviceObject device, DeviceObjectExtensionFlags flags)
    {
        var extension = ExtensionOf(device);
        extension.SetExtensionFlags(Memory, extension.ExtensionFlags | flags);
    }
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Orderly removal, step by step (spec 5.2).</summary>
internal sealed partial class PnpManager
{
    /// <summary>Orderly removal of a device and its descendants; the device itself is disabled and its PDO stays (U-5.43).</summary>
    /// <returns>STATUS_PLUGPLAY_QUERY_VETOED when somebody refused or a handle is open (U-5.13, U-5.50).</returns>
    /// <param name="requester">The process that asks (CM_Query_And_Remove_SubTree); null for the system itself.</param>
    public GuestTask<NtStatus> QueryAndRemove(PnpDevice device, VirtualAddress? requester = null) =>
        Serialized(() => RemoveLocked(device, new RemovalRequest(DeviceProblem.Disabled) { Requester = requester }));

    private async GuestTask<NtStatus> RemoveLocked(PnpDevice device, RemovalRequest request)
    {
        if (Refusal(device, request) is { } refusal)
        {
            RecordVeto(refusal, device);
            return NtStatus.PlugplayQueryVetoed;
        }

        var devices = await RemovalSet(device, request.Ejects);
        if (LegacyDriverOf(device, devices) is { } legacy)
        {
            RecordVeto(legacy, device);
            return NtStatus.PlugplayQueryVetoed;
        }

        var isWarm = request.Ejects && await IsEjectedAsleep(device);
        if (await QueryRemove(devices, isWarm ? device : null) is { } veto)
            return veto;

        // U-5.15: who registered is told before the REMOVE requests.
        foreach (var member in devices)
            await TellRemoved(member);
        await TellUserRemoved(devices, wasAsked: true);

        var below = new HashSet<PnpDevice>(Descendants(device));
        foreach (var member in devices)
        {
            SetProblem(member, DeviceProblem.WillBeRemoved, NtStatus.Success);
            SetUserFlag(member, DeviceNodeUserFlags.WillBeRemoved, true);
            if (member == device && request.Uninstalls && IsRootEnumerated(device))
            {
                // Nothing but its registry keys made a root-enumerated device: without them it is gone (Doc: "Root-enumerated devices").
                device.IsMissing = true;
                Bus.Unplug(device.Pdo);
            }

            await RemoveStack(member);
            SetUserFlag(member, DeviceNodeUserFlags.WillBeRemoved | DeviceNodeUserFlags.NeedRestart, false);
            SetProblem(member, member == device ? request.Problem : DeviceProblem.None, NtStatus.Success);
        }

        // The devnodes go, with their references on the PDOs, when every device of the removal has had its REMOVE (U-5.15a, inferred:
        // a bus driver in the field, ftdibus, walks on from a child's extension after it has deleted the child in its own REMOVE).
        foreach (var member in devices.Where(m => m.IsMissing || (m != device && below.Contains(m))).ToArray())
            await DeleteNode(member);

        if (request.Ejects && !device.IsDeleted)
            await _kernel.Po.Within(isWarm, async () => await SendPnp(device, PnpMinor.Eject));
        await AttemptUnloads([.. devices]);
        return NtStatus.Success;
    }

    /// <summary>Asks user mode, then drivers that registered, then the stacks, and looks for open handles (U-5.10 to U-5.13).</summary>
    /// <returns>Null when the devices may go; after a veto everybody who was asked has been told, and they go on working (U-5.14).</returns>
    /// <param name="warm">A device that is ejected while the system sleeps; null when nothing is.</param>
    private async GuestTask<NtStatus?> QueryRemove(List<PnpDevice> devices, PnpDevice? warm)
    {
        var round = new QueryRound();
        if (UserMode is { } user && await user.QueryRemove(devices) is { } refusal)
            return await Veto(new PnpVeto((VetoType)refusal.VetoType, refusal.Name, refusal.Name), refusal.Device, round);
        foreach (var member in devices)
        {
            // U-5.11: a callback that refuses ends it before any stack is asked.
            if (await AskTargetDrivers(member, round.Told) is { } refusing)
                return await Veto(new PnpVeto(VetoType.Driver, refusing.DriverName.ToText(), refusing.DriverName.ToText()), member, round);
        }

        foreach (var member in devices.Where(d => d.IsStarted))
        {
            round.Asked.Add(member);
            var (status, _) = await SendPnp(member, PnpMinor.QueryRemoveDevice);
            if (!status.IsSuccess && status != NtStatus.NotSupported)
                return await Veto(new PnpVeto(VetoType.Device, member.Identity.InstancePath, WhoFailedTheQuery()), member, round);
            if (OpensOf(member) is { } open)
                return await Veto(open, member, round);
            SetState(member, NodeState.QueryRemoved);
        }

        if (warm is not null && await _kernel.Po.QueryEjectSleep() is { } refuses)
        {
            // U-5.50a, type 9, which carries no name: the sleep that the eject needs cannot be had.
            return await Veto(new PnpVeto(VetoType.InsufficientPower, "", refuses.Identity.InstancePath), warm, round);
        }

        return null;
    }

    private async GuestTask<NtStatus?> Veto(PnpVeto veto, PnpDevice by, QueryRound round)
    {
        RecordVeto(veto, by);
        foreach (var cancelled in Enumerable.Reverse(round.Asked))
        {
            await SendPnp(cancelled, PnpMinor.CancelRemoveDevice);
            if (StateOf(cancelled) == NodeState.QueryRemoved)
                SetState(cancelled, NodeState.Started);
        }

        await TellCancelled(round.Told);
        if (UserMode is { } user)
            await user.QueryRemoveFailed();
        return NtStatus.PlugplayQueryVetoed;
    }

    private async GuestTask RemoveStack(PnpDevice device)
    {
        // A device that was disabled and is now uninstalled or pulled out gets a second REMOVE for its PDO alone (U-5.73).
        if (!device.IsAdded && !device.IsMissing)
            return;
        await SendRemove(device);
        SetState(device, NodeState.Removed);
    }

    /// <summary>REMOVE to the whole stack; a failure is ignored (U-5.82).</summary>
    private async GuestTask SendRemove(PnpDevice device)
    {
        var stack = StackAbove(device.Pdo);
        foreach (var member in stack)
        {
            AddFlags(member, DeviceObjectExtensionFlags.RemoveProcessed);

            // U-3.50: whoever has a device in the stack, the bus driver and filters without AddDevice too.
            if (member.DriverObject is { } driver && !device.StackDrivers.Exists(d => d.Address == driver.Address))
                device.StackDrivers.Add(driver);
        }

        device.IsBeingRemoved = true;
        _removing = device;
        await SendPnp(device, PnpMinor.RemoveDevice);
        await DisableInterfacesOf(device);
        _removing = null;
        device.IsBeingRemoved = false;
        device.IsStarted = false;
        device.IsStopped = false;
        device.IsAdded = false;
        ForgetState(device);
        if (_kernel.Options.Verifier)
            CheckAfterRemove(device, stack);
        device.BusFilters.Clear();
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

    /// <summary>Who has been asked in one removal, and so has to hear of a cancellation.</summary>
    private sealed class QueryRound
    {
        public List<(PnpDevice Device, VirtualAddress Entry)> Told { get; } = [];

        public List<PnpDevice> Asked { get; } = [];
    }
}

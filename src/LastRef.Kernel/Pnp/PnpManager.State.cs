using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>What a device says of itself (PNP_DEVICE_STATE), and what follows from it.</summary>
internal sealed partial class PnpManager
{
    /// <summary>Asks a started device how it is (U-5.30, U-5.41, U-5.46; Doc: IRP_MN_QUERY_PNP_DEVICE_STATE).</summary>
    private async GuestTask QueryState(PnpDevice device)
    {
        var (status, information) = await SendPnp(device, PnpMinor.QueryPnpDeviceState);
        if (!status.IsSuccess)
            return;
        var state = (PnpDeviceState)(uint)information;
        SetUserFlag(device, DeviceNodeUserFlags.DontShowInUi, (state & PnpDeviceState.DontDisplayInUi) != 0);
        SetNotDisableable(device, (state & PnpDeviceState.NotDisableable) != 0);
        device.ReportedState = state;
        if ((state & PnpDeviceState.Removed) != 0)
            await SurpriseRemoveLocked(device, DeviceProblem.DeviceNotThere, isGone: false);
        else if ((state & PnpDeviceState.Failed) != 0)
            await SurpriseRemoveLocked(device, DeviceProblem.FailedPostStart, isGone: false);
        else if ((state & PnpDeviceState.Disabled) != 0)
            await RemoveLocked(device, new RemovalRequest(DeviceProblem.HardwareDisabled));
        else if ((state & PnpDeviceState.ResourceRequirementsChanged) != 0)
            await RebalanceLocked(device, null);
    }

    /// <summary>U-5.46: the device cannot be disabled, and none above it.</summary>
    private void SetNotDisableable(PnpDevice device, bool value)
    {
        if (value == ((device.ReportedState & PnpDeviceState.NotDisableable) != 0))
            return;
        device.ReportedState = value ? device.ReportedState | PnpDeviceState.NotDisableable : device.ReportedState & ~PnpDeviceState.NotDisableable;
        SetUserFlag(device, DeviceNodeUserFlags.NotDisableable, value);
        ChangeDepends(device, value ? +1 : -1);
    }

    /// <summary>DisableableDepends counts a device's own reason and its children that have one (inferred from U-5.46).</summary>
    private void ChangeDepends(PnpDevice? device, int change)
    {
        for (var current = device; current is { Node.IsNull: false }; current = current.Parent)
        {
            var node = new DeviceNode(Memory, current.Node);
            var before = node.DisableableDepends;
            var after = (uint)((int)before + change);
            node.SetDisableableDepends(Memory, after);
            if ((before == 0) == (after == 0))
                return;
        }
    }

    /// <summary>A stack that is gone says nothing any more.</summary>
    private void ForgetState(PnpDevice device)
    {
        SetNotDisableable(device, false);
        foreach (var usage in device.Usages.Where(u => u.Value > 0 && HoldsDevice(u.Key)).Select(u => u.Value).ToArray())
            ChangeDepends(device, -usage);
        device.Usages.Clear();
        device.ReportedState = PnpDeviceState.None;
        SetUserFlag(device, DeviceNodeUserFlags.DontShowInUi, false);
    }

    internal void SetUserFlag(PnpDevice device, DeviceNodeUserFlags flags, bool isSet)
    {
        var node = new DeviceNode(Memory, device.Node);
        node.SetUserFlags(Memory, isSet ? node.UserFlags | flags : node.UserFlags & ~flags);
    }

    internal void SetProblem(PnpDevice device, DeviceProblem problem, NtStatus status)
    {
        var node = new DeviceNode(Memory, device.Node);
        node.SetProblem(Memory, (uint)problem);
        node.SetFlags(Memory, problem == DeviceProblem.None ? node.Flags & ~DeviceNodeFlags.HasProblem : node.Flags | DeviceNodeFlags.HasProblem);
        if (node.ProblemStatus is not null)
            node.SetProblemStatus(Memory, status);
    }

    internal DeviceProblem NodeProblem(PnpDevice device) => (DeviceProblem)new DeviceNode(Memory, device.Node).Problem;

    /// <summary>What Device Manager shows of an instance path, hidden devices too (U-5.60).</summary>
    /// <returns>The live devnode's problem; <see cref="DeviceProblem.Phantom"/> for one of which only the registry key is left; null for an unknown path.</returns>
    public DeviceProblem? ShownProblem(string instancePath)
    {
        if (_byPath.TryGetValue(instancePath, out var live))
            return NodeProblem(live);
        return _kernel.Cm.FindKey(EnumKey + instancePath) is null ? null : DeviceProblem.Phantom;
    }
}

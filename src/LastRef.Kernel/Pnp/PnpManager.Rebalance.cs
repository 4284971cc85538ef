using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Stopping devices to give them other resources (U-5.42).</summary>
internal sealed partial class PnpManager
{
    /// <summary>Stops a device and those below it, and starts them again.</summary>
    /// <param name="resources">What the device gets; null lets the PnP manager choose from its requirements.</param>
    /// <returns>The failure of the driver that would not stop, or of the restart.</returns>
    public GuestTask<NtStatus> Rebalance(PnpDevice device, IReadOnlyList<DeviceResource>? resources = null) =>
        Serialized(() => RebalanceLocked(device, resources));

    private async GuestTask<NtStatus> RebalanceLocked(PnpDevice device, IReadOnlyList<DeviceResource>? resources)
    {
        if (!device.IsStarted)
            return NtStatus.InvalidDeviceRequest;
        var devices = Descendants(device).FindAll(d => d.IsStarted);
        var asked = new List<PnpDevice>();
        foreach (var member in devices)
        {
            asked.Add(member);
            var (status, _) = await SendPnp(member, PnpMinor.QueryStopDevice);
            if (!status.IsSuccess)
            {
                // U-5.42: it does not take part; those who agreed go on as before.
                foreach (var cancelled in Enumerable.Reverse(asked))
                {
                    await SendPnp(cancelled, PnpMinor.CancelStopDevice);
                    if (StateOf(cancelled) == NodeState.QueryStopped)
                        SetState(cancelled, NodeState.Started);
                }

                return status;
            }

            SetState(member, NodeState.QueryStopped);
        }

        foreach (var member in devices)
        {
            await SendPnp(member, PnpMinor.StopDevice);
            member.IsStarted = false;
            member.IsStopped = true;
            SetState(member, NodeState.Stopped);
        }

        if (resources is not null)
            AssignResources(device, resources);
        else
            await Arbitrate(device);
        return await Restart(device, devices);
    }

    /// <summary>Parents start before their children; one that fails is removed by surprise with all below it (U-5.30, U-5.42).</summary>
    private async GuestTask<NtStatus> Restart(PnpDevice device, List<PnpDevice> stopped)
    {
        var result = NtStatus.Success;
        foreach (var member in Enumerable.Reverse(stopped))
        {
            if (!member.IsStopped)
                continue;
            var status = await SendStart(member);
            if (!status.IsSuccess)
            {
                member.Failure = status;
                if (member == device)
                    result = status;
                await SurpriseRemoveLocked(member, DeviceProblem.FailedStart, isGone: false);
                continue;
            }

            SetState(member, NodeState.RestartCompletion);
            member.IsStopped = false;
            member.IsStarted = true;
            SetState(member, NodeState.Started);
        }

        if (device.IsStarted)
            await EnumerateLocked(device);
        return result;
    }
}

using LastRef.Kernel;
using LastRef.Nt;
using LastRef.Symbols;

namespace LastRef.Lab;

/// <summary>Devices: plugging in, starting, removing, and what Device Manager does.</summary>
internal sealed partial class LabMachine
{
    /// <summary>Plugs a device in: its stack is built and started.</summary>
    /// <returns>The device; its failure says at which step it stopped.</returns>
    public PnpDevice? PlugIn(DeviceIdentity identity)
    {
        PnpDevice? device = null;
        Step(StimulusKind.ArriveDevice, identity.InstancePath, async _ =>
        {
            device = await Kernel.Pnp.Arrive(identity);
            return NtStatus.Success;
        });
        if (device is { } arrived)
            AddAndStart(arrived);
        return device;
    }

    /// <summary>Builds the stack of a device that is there, and starts it.</summary>
    public void AddAndStart(PnpDevice device)
    {
        var added = Step(StimulusKind.AddDevice, device.Identity.InstancePath, _ => Kernel.Pnp.BuildStack(device));
        if (added is { IsSuccess: true })
            Step(StimulusKind.StartDevice, device.Identity.InstancePath, _ => Kernel.Pnp.Start(device));
    }

    /// <summary>Orderly removal; the PDO stays (U-5.43).</summary>
    /// <param name="requester">The application that asks, for its rights; null for the system itself.</param>
    public NtStatus? Remove(PnpDevice device, LabApplication? requester = null) =>
        Step(StimulusKind.RemoveDevice, device.Identity.InstancePath, _ => Kernel.Pnp.QueryAndRemove(device, requester?.Process));

    /// <summary>Pulls the device out without a word (U-5.30).</summary>
    public void PullOut(PnpDevice device) =>
        Step(StimulusKind.SurpriseRemoval, device.Identity.InstancePath, async _ =>
        {
            Kernel.Pnp.Bus.Unplug(device.Pdo);
            await Kernel.Pnp.SurpriseRemove(device);
            return NtStatus.Success;
        });

    /// <summary>Disables the device in Device Manager: code 22 (U-5.43).</summary>
    public NtStatus? Disable(PnpDevice device) => Act(StimulusKind.DisableDevice, device, () => Kernel.Pnp.Disable(device));

    /// <summary>Enables a device that was disabled.</summary>
    public NtStatus? Enable(PnpDevice device) => Act(StimulusKind.EnableDevice, device, () => Kernel.Pnp.Enable(device));

    /// <summary>Safe removal: the device waits with code 47 until it is pulled out (U-5.44).</summary>
    public NtStatus? Eject(PnpDevice device) => Act(StimulusKind.EjectDevice, device, () => Kernel.Pnp.Eject(device));

    /// <summary>Uninstalls the device in Device Manager; <see cref="Rescan"/> would install it again.</summary>
    public NtStatus? Uninstall(PnpDevice device) => Act(StimulusKind.UninstallDevice, device, () => Kernel.Pnp.Uninstall(device));

    /// <summary>"Scan for hardware changes".</summary>
    public NtStatus? Rescan() => Step(StimulusKind.RescanDevices, "", async _ =>
    {
        await Kernel.Pnp.Rescan();
        return NtStatus.Success;
    });

    /// <summary>Replaces the driver's file and restarts the device on it (U-5.62).</summary>
    /// <param name="image">The new file; null for the same bytes again.</param>
    /// <param name="fileName">Under which name the new file is installed.</param>
    /// <returns>A veto, the failure of the restart, or success.</returns>
    public NtStatus? UpdateDriver(PnpDevice device, PeImage? image = null, string? fileName = null)
    {
        if (image is not null)
            Kernel.Images.MakeAvailable(image, fileName ?? DriverFile);
        var removed = Act(StimulusKind.UpdateDriver, device, () => Kernel.Pnp.RemoveForUpdate(device));
        return removed is { IsSuccess: true } ? Act(StimulusKind.StartDevice, device, () => Kernel.Pnp.StartAfterUpdate(device)) : removed;
    }

    /// <summary>Stops the device to give it other resources, and restarts it (U-5.42).</summary>
    public NtStatus? Rebalance(PnpDevice device, IReadOnlyList<DeviceResource>? resources = null) =>
        Act(StimulusKind.RebalanceDevice, device, () => Kernel.Pnp.Rebalance(device, resources));

    /// <summary>The device comes back after it was pulled out: a new PDO and devnode, also while the old ones wait for closes (U-5.37).</summary>
    public PnpDevice? Replug(PnpDevice device)
    {
        if (!device.IsMissing)
            PullOut(device);
        return IsRunning ? PlugIn(device.Identity) : null;
    }

    /// <summary>The device's bus says that it has failed (PNP_DEVICE_FAILED; U-5.41).</summary>
    public NtStatus? ReportFailure(PnpDevice device) => ReportState(device, PnpDeviceState.Failed);

    /// <summary>The bus driver has the PnP manager ask for the device's state (IoInvalidateDeviceState).</summary>
    public NtStatus? ReportState(PnpDevice device, PnpDeviceState state) => Act(StimulusKind.DeviceState, device, () =>
    {
        Kernel.Pnp.Bus.ReportState(device.Pdo, state);
        Kernel.Pnp.IoInvalidateDeviceState(device.Pdo);
        return GuestTask.FromResult(NtStatus.Success);
    });

    /// <summary>A paging, hibernation or dump file comes to the device or leaves it .</summary>
    public NtStatus? UseForSystemFile(PnpDevice device, DeviceUsage usage, bool inPath) =>
        Act(inPath ? StimulusKind.DeviceUsage : StimulusKind.DeviceUsageEnd, device, () => Kernel.Pnp.NotifyUsage(device, usage, inPath));

    /// <summary>The system sleeps (S3).</summary>
    public NtStatus? Sleep() => Step(StimulusKind.Sleep, "", _ => Kernel.Po.Sleep());

    /// <summary>The device is pulled out while nobody can notice: the resume finds it missing (U-5.45).</summary>
    public NtStatus? LoseWhileAsleep(PnpDevice device) =>
        Step(StimulusKind.Note, $"{device.Identity.InstancePath} is pulled out while the system sleeps", _ =>
        {
            Kernel.Pnp.Bus.Unplug(device.Pdo);
            return GuestTask.FromResult(NtStatus.Success);
        });

    public NtStatus? Resume() => Step(StimulusKind.Resume, "", _ => Kernel.Po.Resume());

    /// <summary>The system shuts down; no driver is unloaded (U-3.7).</summary>
    public NtStatus? Shutdown() => Step(StimulusKind.Shutdown, "", _ => Kernel.Po.Shutdown());

    /// <summary>A step on a device; what Device Manager shows afterwards follows it in the trace.</summary>
    private NtStatus? Act(StimulusKind kind, PnpDevice device, Func<GuestTask<NtStatus>> work) =>
        Step(kind, device.Identity.InstancePath, _ => work());
}

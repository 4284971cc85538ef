using LastRef.Kernel;

namespace LastRef.Lab;

/// <summary>Devices: plugging in, starting, removing.</summary>
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

    /// <summary>Disables the device: orderly removal, the PDO stays (U-5.43).</summary>
    public NtStatus? Remove(PnpDevice device) =>
        Step(StimulusKind.RemoveDevice, device.Identity.InstancePath, _ => Kernel.Pnp.QueryAndRemove(device));

    /// <summary>Pulls the device out without a word (U-5.30).</summary>
    public void PullOut(PnpDevice device) =>
        Step(StimulusKind.SurpriseRemoval, device.Identity.InstancePath, async _ =>
        {
            Kernel.Pnp.Bus.Unplug(device.Pdo);
            await Kernel.Pnp.SurpriseRemove(device);
            return NtStatus.Success;
        });
}

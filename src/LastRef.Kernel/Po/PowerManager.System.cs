using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The whole system goes to sleep, wakes, and shuts down (Doc: "System power states", IRP_MN_QUERY_POWER, IRP_MN_SET_POWER).</summary>
internal sealed partial class PowerManager
{
    // SYSTEM_POWER_STATE (wdm.h).
    private const uint SystemWorking = 1;
    private const uint SystemSleeping1 = 2;
    private const uint SystemSleeping3 = 4;
    private const uint SystemShutdown = 6;

    // POWER_ACTION (wdm.h): what a system power request is part of.
    private const uint ActionSleep = 2;
    private const uint ActionShutdown = 4;
    private const uint ActionWarmEject = 7;

    /// <summary>True between a sleep that everybody agreed to and the resume.</summary>
    public bool IsAsleep { get; private set; }

    /// <summary>Asks every device whether the system may sleep (S3) and puts it to sleep, children before parents.</summary>
    /// <returns>The failure of the driver that refused; then every device that was asked hears that the system works on.</returns>
    /// <remarks>The PnP manager's tree stands still meanwhile; a stuck removal would end in bug check 0x9F on Windows (U-4.39).</remarks>
    public GuestTask<NtStatus> Sleep() => _kernel.Pnp.Serialized(async () =>
    {
        if (await AskAll(SystemSleeping3, ActionSleep) is { } refusal)
            return refusal.Status;
        await SetAll(PoweredDevices(), SystemSleeping3, ActionSleep);
        IsAsleep = true;
        return NtStatus.Success;
    });

    /// <summary>Asks every device whether the system may sleep for an eject (Doc: IRP_MN_QUERY_POWER, PowerActionWarmEject).</summary>
    /// <returns>The device whose stack refused; null when the system may.</returns>
    public async GuestTask<PnpDevice?> QueryEjectSleep() => (await AskAll(SystemSleeping1, ActionWarmEject))?.Device;

    /// <summary>Does something, while the system sleeps when it has to.</summary>
    public async GuestTask Within(bool sleep, Func<GuestTask> work)
    {
        if (sleep)
            await SetAll(PoweredDevices(), SystemSleeping1, ActionWarmEject);
        await work();
        if (sleep)
            await SetAll(Enumerable.Reverse(PoweredDevices()), SystemWorking, ActionWarmEject);
    }

    /// <summary>One device after the other; after a refusal those that were asked hear that the system works on.</summary>
    private async GuestTask<(PnpDevice Device, NtStatus Status)?> AskAll(uint state, uint action)
    {
        var asked = new List<PnpDevice>();
        foreach (var device in PoweredDevices())
        {
            asked.Add(device);
            var status = await SendSystemPower(device, PowerMinor.QueryPower, state, action);
            if (status.IsSuccess || status == NtStatus.NotSupported)
                continue;
            await SetAll(Enumerable.Reverse(asked), SystemWorking, action);
            return (device, status);
        }

        return null;
    }

    private async GuestTask SetAll(IEnumerable<PnpDevice> devices, uint state, uint action)
    {
        foreach (var device in devices.ToArray())
            await SendSystemPower(device, PowerMinor.SetPower, state, action);
    }

    /// <summary>Wakes every device, parents before children, and looks what is still there (U-5.45).</summary>
    public GuestTask<NtStatus> Resume() => _kernel.Pnp.Serialized(async () =>
    {
        if (!IsAsleep)
            return NtStatus.InvalidDeviceRequest;
        IsAsleep = false;
        foreach (var device in Enumerable.Reverse(PoweredDevices()))
            await SendSystemPower(device, PowerMinor.SetPower, SystemWorking, ActionSleep);
        await _kernel.Pnp.EnumerateTree();
        return NtStatus.Success;
    });

    /// <summary>The system shuts down: shutdown notifications, then the power goes; nobody unloads a driver (U-3.7, T-94).</summary>
    public async GuestTask<NtStatus> Shutdown()
    {
        await _kernel.Io.NotifyShutdown();
        return await _kernel.Pnp.Serialized(async () =>
        {
            foreach (var device in PoweredDevices())
                await SendSystemPower(device, PowerMinor.SetPower, SystemShutdown, ActionShutdown);
            return NtStatus.Success;
        });
    }

    private List<PnpDevice> PoweredDevices() => PnpManager.Descendants(_kernel.Pnp.Root).FindAll(d => d.IsStarted && !d.IsSurpriseRemoved);

    private async GuestTask<NtStatus> SendSystemPower(PnpDevice device, PowerMinor minor, uint state, uint action)
    {
        var (status, _) = await _kernel.Io.SendSynchronous(PnpManager.TopOf(device.Pdo), NtStatus.NotSupported, location =>
        {
            location.SetMajorFunction(Memory, IrpMajor.Power);
            location.SetMinorFunction(Memory, (byte)minor);
            location.SetPowerType(Memory, SystemPowerState);
            location.SetPowerState(Memory, state);
            location.SetPowerShutdownType(Memory, action);
        });
        return status;
    }
}

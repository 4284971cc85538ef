using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The whole system goes to sleep, wakes, and shuts down (Doc: "System power states", IRP_MN_QUERY_POWER, IRP_MN_SET_POWER).</summary>
internal sealed partial class PowerManager
{
    // SYSTEM_POWER_STATE (wdm.h).
    private const uint SystemWorking = 1;
    private const uint SystemSleeping3 = 4;
    private const uint SystemShutdown = 6;

    // POWER_ACTION (wdm.h): what a system power request is part of.
    private const uint ActionSleep = 2;
    private const uint ActionShutdown = 4;

    /// <summary>True between a sleep that everybody agreed to and the resume.</summary>
    public bool IsAsleep { get; private set; }

    /// <summary>Asks every device whether the system may sleep (S3) and puts it to sleep, children before parents.</summary>
    /// <returns>The failure of the driver that refused; then every device that was asked hears that the system works on.</returns>
    /// <remarks>The PnP manager's tree stands still meanwhile; a stuck removal would end in bug check 0x9F on Windows (U-4.39).</remarks>
    public GuestTask<NtStatus> Sleep() => _kernel.Pnp.Serialized(async () =>
    {
        var devices = PoweredDevices();
        var asked = new List<PnpDevice>();
        foreach (var device in devices)
        {
            asked.Add(device);
            var status = await SendSystemPower(device, PowerMinor.QueryPower, SystemSleeping3, ActionSleep);
            if (status.IsSuccess || status == NtStatus.NotSupported)
                continue;
            foreach (var cancelled in Enumerable.Reverse(asked))
                await SendSystemPower(cancelled, PowerMinor.SetPower, SystemWorking, ActionSleep);
            return status;
        }

        foreach (var device in devices)
            await SendSystemPower(device, PowerMinor.SetPower, SystemSleeping3, ActionSleep);
        IsAsleep = true;
        return NtStatus.Success;
    });

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

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Files that the system itself needs: a device that carries one cannot be removed (U-5.18, R-26).</summary>
internal sealed partial class PnpManager
{
    /// <summary>Tells a device that a paging, hibernation or dump file comes to it or leaves it.</summary>
    /// <returns>What the stack answered; a failure leaves the counts alone (Doc: IRP_MN_DEVICE_USAGE_NOTIFICATION).</returns>
    public GuestTask<NtStatus> NotifyUsage(PnpDevice device, DeviceUsage usage, bool inPath) => Serialized(async () =>
    {
        var count = device.Usages.GetValueOrDefault(usage);
        if (!device.IsStarted || (!inPath && count == 0))
            return NtStatus.InvalidDeviceRequest;
        var (status, _) = await SendPnp(device, PnpMinor.DeviceUsageNotification, location =>
        {
            location.SetUsageNotificationInPath(Memory, inPath);
            location.SetUsageNotificationType(Memory, (uint)usage);
        });
        if (!status.IsSuccess)
            return status;
        device.Usages[usage] = count + (inPath ? 1 : -1);
        if (HoldsDevice(usage))
            ChangeDepends(device, inPath ? +1 : -1);

        // The driver may have changed whether the device can be disabled (Doc: the same page).
        await QueryState(device);
        return status;
    });

    private static bool HoldsDevice(DeviceUsage usage) => usage is DeviceUsage.Paging or DeviceUsage.Hibernation or DeviceUsage.DumpFile or DeviceUsage.Boot;
}

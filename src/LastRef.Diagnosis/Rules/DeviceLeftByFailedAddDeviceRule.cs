using LastRef.Nt;

namespace LastRef;

/// <summary>R-06: AddDevice made a device, failed, and left it.</summary>
internal sealed class DeviceLeftByFailedAddDeviceRule : IDiagnosisRule
{
    public Reason Reason => Reason.DeviceLeftByFailedAddDevice;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        foreach (var device in situation.Capture.DevicesOfDriver.Where(d => d.IsListed && !d.IsDeletePending).Take(Limits.Devices))
        {
            var creation = situation.CreationOf(device.Address);
            if (situation.Trace is null ? !LooksForgotten(device) : !MadeByFailedAddDevice(situation, device))
                continue;
            var call = creation is null ? null : situation.Enclosing(creation);
            var result = call is null ? null : situation.ReturnOf(call);
            yield return situation.Find(
                Reason, situation.BlameDriver,
                $"AddDevice of {situation.Context.DriverImage} failed and left the device object that it had made. "
                + "While a device is in the driver's list the PnP manager does not call DriverUnload.",
                [situation.HolderOf(device)],
                [
                    .. result is { Result: { } value } ? new[] { Evidence.Seen(result, $"AddDevice returned {NtStatus.FromCode((uint)value)}") } : [],
                    .. creation is null ? [] : new[] { Evidence.Seen(creation, $"made at {creation.Site}") },
                    Evidence.Memory(device.Address, "DEVICE_OBJECT.Flags", (ulong)device.Flags, "the device was never finished or attached"),
                    Evidence.Memory(device.Address, "DEVOBJ_EXTENSION.AttachedTo", device.AttachedTo.Value, "it is in no stack"),
                ],
                creation?.Site, missing: "IoDeleteDevice was not called on the error path of AddDevice");
        }
    }

    internal static bool MadeByFailedAddDevice(Situation situation, CapturedDevice device) =>
        // A named one is a control device, which belongs to no single AddDevice.
        device.Name is null
        && situation.CreationOf(device.Address) is { } creation
        && situation.Enclosing(creation) is { Kind: DriverCallKind.AddDevice } call
        && situation.ReturnOf(call)?.Result is { } result && !NtStatus.FromCode((uint)result).IsSuccess;

    /// <summary>What memory alone shows of it: unnamed, in no stack, its initialisation never finished.</summary>
    private static bool LooksForgotten(CapturedDevice device) =>
        device.Name is null && device.AttachedTo.IsNull && device.DeviceNode.IsNull && (device.Flags & DeviceFlags.DeviceInitializing) != 0;
}

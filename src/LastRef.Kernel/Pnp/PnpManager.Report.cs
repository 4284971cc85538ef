using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Devices that no bus enumerates: drivers report them to the PnP manager (U-6.68).</summary>
internal sealed partial class PnpManager
{
    private const string RootEnumerator = "ROOT";

    /// <summary>Reports a device that the driver wants to drive; its stack is built and started by a worker.</summary>
    /// <returns>STATUS_SUCCESS; STATUS_INVALID_DEVICE_REQUEST for a driver object without a service.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoReportRootDevice, WDK reference")]
    internal async GuestTask<NtStatus> IoReportRootDevice(DriverObject driverObject)
    {
        if (ServiceOf(driverObject) is not { } service)
            return NtStatus.InvalidDeviceRequest;
        var device = await Arrive(RootIdentity(service));
        SetMadeUp(device, DeviceNodeFlags.MadeUp);
        Queue(device.Pdo, async known => await EnableLocked(known));
        return NtStatus.Success;
    }

    /// <summary>Reports a device that a driver has found by itself and drives already: it gets a PDO, and neither AddDevice nor START.</summary>
    /// <remarks>The driver attaches to the PDO itself; from the next start of the system on the device is enumerated like others.</remarks>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoReportDetectedDevice, WDK reference",
        Missing = "a PDO that the caller brings; resource lists")]
    internal async GuestTask<NtStatus> IoReportDetectedDevice(
        DriverObject driverObject, int legacyBusType, uint busNumber, uint slotNumber, VirtualAddress resourceList,
        VirtualAddress resourceRequirements, NtBoolean resourceAssigned, VirtualAddress deviceObject)
    {
        if (!Memory.ReadPointer(deviceObject).IsNull)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "IoReportDetectedDevice with a PDO of the caller's");
        if (!resourceList.IsNull || !resourceRequirements.IsNull)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "IoReportDetectedDevice with resources");
        if (ServiceOf(driverObject) is not { } service)
            return NtStatus.InvalidDeviceRequest;
        var device = await Arrive(RootIdentity(service));
        var isLegacy = driverObject.DriverExtension is not { AddDevice.IsNull: false };
        SetMadeUp(device, DeviceNodeFlags.MadeUp | (isLegacy ? DeviceNodeFlags.LegacyDriver : DeviceNodeFlags.None));
        device.StackDrivers.Add(driverObject);
        device.IsAdded = device.IsStarted = true;
        SetState(device, NodeState.Started);
        Memory.WritePointer(deviceObject, device.Pdo.Address);
        return NtStatus.Success;
    }

    private static bool IsRootEnumerated(PnpDevice device) =>
        device.Identity.InstancePath.StartsWith(RootEnumerator + "\\", StringComparison.OrdinalIgnoreCase);

    private DeviceIdentity RootIdentity(string service)
    {
        for (var number = 0; ; number++)
        {
            var path = string.Create(System.Globalization.CultureInfo.InvariantCulture, $@"{RootEnumerator}\{service}\{number:D4}");
            if (!_devices.Exists(d => !d.IsDeleted && d.Identity.InstancePath.Equals(path, StringComparison.OrdinalIgnoreCase)))
                return new DeviceIdentity { InstancePath = path, Service = service, HardwareIds = [$@"{RootEnumerator}\{service}"] };
        }
    }

    private void SetMadeUp(PnpDevice device, DeviceNodeFlags flags)
    {
        var node = new DeviceNode(Memory, device.Node);
        node.SetFlags(Memory, (node.Flags & ~DeviceNodeFlags.Enumerated) | flags);
    }

    private static string? ServiceOf(DriverObject driver)
    {
        var name = driver.DriverExtension?.ServiceKeyName.ToText();
        return string.IsNullOrEmpty(name) ? null : name;
    }
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Devices that no bus enumerates: drivers report them to the PnP manager (U-6.68).</summary>
internal sealed partial class PnpManager
{
    private const string RootEnumerator = "ROOT";

    /// <summary>Reports a device that the driver wants to drive; its stack is built and started by a worker.</summary>
    /// <remarks>One for each driver, for good: whoever reports it again, as a DriverEntry does at every load, gets no second one.</remarks>
    /// <returns>STATUS_SUCCESS; STATUS_INVALID_DEVICE_REQUEST for a driver object without a service.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoReportRootDevice, WDK reference")]
    internal async GuestTask<NtStatus> IoReportRootDevice(DriverObject driverObject)
    {
        if (ServiceOf(driverObject) is not { } service)
            return NtStatus.InvalidDeviceRequest;
        if (_devices.Exists(d => !d.IsDeleted && IsRootEnumerated(d) && string.Equals(d.Identity.Service, service, StringComparison.OrdinalIgnoreCase)))
            return NtStatus.Success;
        var device = await Arrive(RootIdentity(service));
        SetMadeUp(device, DeviceNodeFlags.MadeUp);
        Queue(device.Pdo, async known => await EnableLocked(known));
        return NtStatus.Success;
    }

    /// <summary>Reports a device that a driver has found by itself and drives already: it gets a PDO, and neither AddDevice nor START.</summary>
    /// <remarks>
    /// The driver attaches to the PDO itself, or brings one of its own; from the next start of the system on the device is enumerated like others.
    /// The lab has no arbiter: resources that the caller wants claimed are free.
    /// </remarks>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoReportDetectedDevice, WDK reference")]
    internal async GuestTask<NtStatus> IoReportDetectedDevice(
        DriverObject driverObject, int legacyBusType, uint busNumber, uint slotNumber, VirtualAddress resourceList,
        VirtualAddress resourceRequirements, NtBoolean resourceAssigned, VirtualAddress deviceObject)
    {
        if (ServiceOf(driverObject) is not { } service)
            return NtStatus.InvalidDeviceRequest;
        IReadOnlyList<DeviceResource> resources = resourceList.IsNull ? [] : ReadResources(new CmResourceList(Memory, resourceList));
        var identity = RootIdentity(service) with { Resources = resources };
        var brought = Memory.ReadPointer(deviceObject);
        var device = brought.IsNull ? await Arrive(identity) : Adopt(new DeviceObject(Memory, brought), identity);
        if (!resourceRequirements.IsNull)
            KeepRequirements(device, new IoResourceRequirementsList(Memory, resourceRequirements));
        var isLegacy = driverObject.DriverExtension is not { AddDevice.IsNull: false };
        SetMadeUp(device, DeviceNodeFlags.MadeUp | (isLegacy ? DeviceNodeFlags.LegacyDriver : DeviceNodeFlags.None));
        device.StackDrivers.Add(driverObject);
        device.IsAdded = device.IsStarted = true;
        SetState(device, NodeState.Started);
        Memory.WritePointer(deviceObject, device.Pdo.Address);
        return NtStatus.Success;
    }

    /// <summary>A device object of the reporting driver's becomes the PDO of a device below the root.</summary>
    private PnpDevice Adopt(DeviceObject pdo, DeviceIdentity identity)
    {
        if (ExtensionOf(pdo).DeviceNode is not null)
            throw MachineStopException.BugCheck(0xCA, "a device object that is a PDO already was reported as a detected device", 1, pdo.Address.Value);
        var device = AddToTree(pdo, identity, Root);
        AssignResources(device, identity.Resources);
        return device;
    }

    /// <summary>The resources of a list in raw form, of its first bus.</summary>
    private List<DeviceResource> ReadResources(CmResourceList list)
    {
        var resources = new List<DeviceResource>();
        if (list.Count == 0)
            return resources;
        const int most = 256;
        var partial = list.FirstDescriptor[0].PartialResourceList;
        if (list.Count > 1 || partial.Count > most)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"a detected device with resources on {list.Count} buses, {partial.Count} on the first");
        var first = partial.PartialDescriptors[0].Address;
        for (var i = 0; i < (int)partial.Count; i++)
        {
            var descriptor = new CmPartialResourceDescriptor(Memory, first + (i * CmPartialResourceDescriptor.SizeOf(Memory.Layout)));
            var kind = (DeviceResourceKind)descriptor.Type;
            if (!Enum.IsDefined(kind))
                throw MachineStopException.Unsupported(UnsupportedKind.Case, $"a detected device with a resource of type {descriptor.Type}");
            resources.Add(kind == DeviceResourceKind.Interrupt
                ? new DeviceResource(kind, descriptor.InterruptVector, 0) { Messages = (descriptor.Flags & InterruptMessage) != 0 ? descriptor.MessageCount : (ushort)0 }
                : new DeviceResource(kind, (ulong)descriptor.Start, descriptor.Length));
        }

        return resources;
    }

    private void KeepRequirements(PnpDevice device, IoResourceRequirementsList requirements)
    {
        var copy = new byte[requirements.ListSize];
        Memory.Read(requirements.Address, copy);
        var kept = _kernel.Ex.PagedPool.Allocate((ulong)copy.Length, PoolTags.Pnp, null);
        Memory.Write(kept, copy);
        new DeviceNode(Memory, device.Node).SetResourceRequirements(Memory, kept);
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

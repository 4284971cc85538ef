using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>Reads from a run what the driver did (U-4.1, U-4.2).</summary>
internal static class TraitReader
{
    public static DriverTraits Read(LabMachine machine, ScenarioRun run)
    {
        var traits = DriverTraits.None;
        var trace = machine.Kernel.Trace;
        var driver = run.DriverObject;
        foreach (var unsupported in trace.Of<UnsupportedRecord>())
        {
            if (unsupported.Kind == UnsupportedKind.Framework)
                traits |= DriverTraits.Framework;
        }

        if (driver.IsNull)
            return traits;
        if (run.IsPnp)
            traits |= DriverTraits.HasAddDevice;
        var inEntry = false;
        var inAdd = false;
        var devices = new HashSet<VirtualAddress>();
        foreach (var record in trace.Records)
        {
            switch (record)
            {
                case DriverCallRecord { Kind: DriverCallKind.DriverEntry } call when call.Driver == driver:
                    inEntry = call.Result is null;
                    break;
                case DriverCallRecord { Kind: DriverCallKind.AddDevice } call when call.Driver == driver:
                    inAdd = call.Result is null;
                    break;
                case ReferenceRecord { Cause: ReferenceCause.DeviceOfDriver } device when device.Object == driver && device.New > device.Old:
                    devices.Add(device.Holder);
                    if (inEntry)
                        traits |= DriverTraits.CreatesDeviceInEntry;
                    break;
                case ReferenceRecord { Counter: ReferenceCounter.Attachment, New: 1 } attachment when inAdd && devices.Contains(attachment.Holder):
                    traits |= DriverTraits.AttachesInAddDevice;
                    break;
                case RegistrationRecord { Kind: RegistrationKind.FileSystem, Begin: true } when inEntry:
                    traits |= DriverTraits.FileSystem;
                    break;
                case StimulusRecord { Kind: StimulusKind.OpenDevice, Status.IsSuccess: true }:
                    traits |= DriverTraits.Opens;
                    break;
            }
        }

        return traits;
    }

    /// <summary>The symbolic links that DriverEntry made and that are still there.</summary>
    public static IReadOnlyList<VirtualAddress> LinksOfEntry(LabMachine machine, ScenarioRun run)
    {
        var links = new List<VirtualAddress>();
        var inEntry = false;
        foreach (var record in machine.Kernel.Trace.Records)
        {
            switch (record)
            {
                case DriverCallRecord { Kind: DriverCallKind.DriverEntry } call when call.Driver == run.DriverObject:
                    inEntry = call.Result is null;
                    break;
                case ObjectRecord { ObjectType: nameof(ObjectKind.SymbolicLink) } link when inEntry && link.Created:
                    links.Add(link.Object);
                    break;
                case ObjectRecord { Created: false } freed:
                    links.Remove(freed.Object);
                    break;
            }
        }

        return links;
    }

    /// <summary>What can only be seen while the driver is at work: its unload routine, control devices, children, forwarding.</summary>
    public static DriverTraits ReadLive(LabMachine machine, ScenarioRun run)
    {
        var traits = DriverTraits.None;
        if (machine.DriverOf(run.Service) is not { } driver)
            return traits;
        if (!driver.DriverUnload.IsNull)
            traits |= DriverTraits.HasUnload;
        foreach (var device in machine.Kernel.Io.DevicesOf(driver))
        {
            var bottom = device;
            while (PnpManager.ExtensionOf(bottom).AttachedTo is { } below)
                bottom = below;
            if (PnpManager.ExtensionOf(bottom).DeviceNode is null)
                traits |= DriverTraits.ControlDevice;
            else if (PnpManager.ExtensionOf(device).DeviceNode is not null)
                traits |= DriverTraits.Bus;
        }

        return traits;
    }
}

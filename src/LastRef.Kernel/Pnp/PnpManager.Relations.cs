using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Which devices belong to which: bus, removal and ejection relations (U-5.3, U-5.70).</summary>
internal sealed partial class PnpManager
{
    // DEVICE_RELATION_TYPE (U-5.3).
    private const uint BusRelations = 0;
    private const uint EjectionRelations = 1;
    private const uint RemovalRelations = 3;
    private const int SingleBusRelations = 5;

    /// <summary>Asks a stack for devices.</summary>
    /// <returns>Null when no driver answered; what is listed is referenced, and the caller gives the references back.</returns>
    private async GuestTask<List<VirtualAddress>?> QueryRelations(PnpDevice device, uint type)
    {
        var (status, information) = await SendPnp(device, PnpMinor.QueryDeviceRelations, l => l.SetQueryDeviceRelationsType(Memory, type));
        if (!status.IsSuccess)
            return null;
        var reported = new List<VirtualAddress>();
        if (information == 0)
            return reported;
        var relations = new DeviceRelations(Memory, new VirtualAddress(information));
        var count = relations.Count;
        if (count > 65_536)
            throw MachineStopException.Unsupported(UnsupportedKind.Limit, $"a driver reported {count} device relations");
        for (var i = 0; i < (int)count; i++)
            reported.Add(relations.Objects[i]);
        _kernel.Ex.FreePool(relations.Address);
        CheckRelations(reported, type);
        return reported;
    }

    /// <summary>Everything that goes when a device goes, children before parents, relations before the device that named them.</summary>
    private async GuestTask<List<PnpDevice>> RemovalSet(PnpDevice device, bool ejects)
    {
        var set = new List<PnpDevice>();
        await Include(device, set, [], device, ejects);
        return set;
    }

    private async GuestTask Include(PnpDevice device, List<PnpDevice> set, HashSet<PnpDevice> visited, PnpDevice first, bool ejects)
    {
        // A device that was pulled out and waits for closes gets its own REMOVE later (U-5.74).
        if (!visited.Add(device) || device.IsSurpriseRemoved || device.IsDeleted)
            return;
        foreach (var child in device.Children.ToArray())
            await Include(child, set, visited, first, ejects);
        if (device.IsStarted)
        {
            foreach (var related in await Related(device, RemovalRelations))
                await Include(related, set, visited, first, ejects);
            if (ejects && device == first)
            {
                foreach (var related in await Related(device, EjectionRelations))
                    await Include(related, set, visited, first, ejects);
            }
        }

        set.Add(device);
    }

    private async GuestTask<List<PnpDevice>> Related(PnpDevice device, uint type)
    {
        var related = new List<PnpDevice>();
        if (await QueryRelations(device, type) is not { } reported)
            return related;
        foreach (var pdo in reported)
        {
            if (DeviceOfPdo(pdo) is { } known)
                related.Add(known);
        }

        foreach (var pdo in reported)
            await _kernel.Ob.Dereference(pdo, ReferenceCause.DeviceRelations, device.Node);
        return related;
    }

    /// <summary>What Windows stops at in a list of relations (U-5.77: 0xCA).</summary>
    private void CheckRelations(List<VirtualAddress> reported, uint type)
    {
        var seen = new HashSet<VirtualAddress>();
        foreach (var pdo in reported)
        {
            if (pdo.IsNull)
                throw MachineStopException.BugCheck(0xCA, "a driver reported a null pointer as a related device", 8);
            if (!seen.Add(pdo))
                throw MachineStopException.BugCheck(0xCA, "a driver reported one PDO twice in its relations", 1, pdo.Value);
            var wasDeleted = !_kernel.Ob.IsAlive(pdo, ObjectKind.Device)
                || (ExtensionOf(new DeviceObject(Memory, pdo)).ExtensionFlags & DeviceObjectExtensionFlags.DeletePending) != 0;
            if (wasDeleted)
            {
                throw type is BusRelations
                    ? MachineStopException.BugCheck(0xCA, "a bus driver reported a PDO that was deleted", 4, pdo.Value)
                    : MachineStopException.BugCheck(0xCA, "a driver named a deleted PDO as a related device", 0xB, pdo.Value);
            }

            if (type != BusRelations && DeviceOfPdo(pdo) is null)
                throw MachineStopException.BugCheck(0xCA, "a driver named a device object that is no PDO as a related device", 2, pdo.Value);
        }
    }

    /// <summary>The device and everything below it, children before parents.</summary>
    internal static List<PnpDevice> Descendants(PnpDevice device)
    {
        var list = new List<PnpDevice>();
        AddDescendants(device, list);
        return list;
    }

    private static void AddDescendants(PnpDevice device, List<PnpDevice> list)
    {
        foreach (var child in device.Children)
            AddDescendants(child, list);
        list.Add(device);
    }
}

namespace LastRef.Cli;

/// <summary>Tables as people know them from the debugger: !drvobj, !devobj, !devnode, !handle, !irp, and callbacks.</summary>
internal sealed class DumpTables(MachineSurvey survey)
{
    public TextTable Of(string name) => name switch
    {
        "drivers" => Drivers(),
        "devices" => Devices(),
        "devnodes" => Nodes(),
        "handles" => Handles(),
        "irps" => Irps(),
        _ => Callbacks(),
    };

    private TextTable Drivers()
    {
        var table = new TextTable("DRIVER_OBJECT", "NAME", "IMAGE", "START", "DEVICES", "POINTERS", "HANDLES", "DRIVERUNLOAD", "FLAGS");
        foreach (var d in survey.Drivers.OrderBy(d => d.Name, StringComparer.OrdinalIgnoreCase))
        {
            table.Add(
                d.Address.ToString(), d.Name, d.ImageName, d.Start.ToString(), d.Devices.Items.Count + (d.Devices.IsComplete ? "" : "+"),
                d.PointerCount.ToString(), d.HandleCount.ToString(), d.DriverUnload.IsNull ? "none" : survey.PlaceOf(d.DriverUnload), Words(d.Flags.ToString()));
        }

        return table;
    }

    private TextTable Devices()
    {
        var table = new TextTable("DEVICE_OBJECT", "DRIVER", "NAME", "OPENS", "POINTERS", "ATTACHED", "ATTACHEDTO", "DEVNODE", "PENDING", "MOUNTED", "LINKS", "FLAGS");
        var shown = new HashSet<VirtualAddress>();
        foreach (var device in survey.Drivers.OrderBy(d => d.Name, StringComparer.OrdinalIgnoreCase).SelectMany(survey.StacksOf))
        {
            if (!shown.Add(device.Address))
                continue;
            table.Add(
                device.Address.ToString(), device.DriverName, device.Name, device.ReferenceCount.ToString(), device.PointerCount.ToString(), Or(device.AttachedDevice),
                Or(device.AttachedTo), Or(device.DeviceNode), Words(device.ExtensionFlags.ToString()), survey.MountedOn(device) ?? "-",
                device.Name is { } name && string.Join(' ', survey.LinksTo(name).Select(link => link.Name)) is { Length: > 0 } links ? links : "-", Words(device.Flags.ToString()));
        }

        foreach (var link in survey.LinksToNothing())
            table.Add("-", "-", $"{link.Target} (gone)", "-", "-", "-", "-", "-", "-", "-", link.Name, "-");

        return table;
    }

    private TextTable Nodes()
    {
        var table = new TextTable("DEVICE_NODE", "PDO", "STATE", "PENDING", "SERVICE", "PROBLEM", "FLAGS", "INSTANCE");
        foreach (var node in survey.Nodes)
        {
            table.Add(
                node.Address.ToString(), Or(node.PhysicalDevice), node.State.Replace("DeviceNode", "", StringComparison.Ordinal), survey.PendingRemovals.GetValueOrDefault(node.PhysicalDevice) ?? "-", node.ServiceName.Length > 0 ? node.ServiceName : "-",
                node.Problem == 0 ? "-" : node.Problem.ToString(), $"{node.Flags:x8}", new string(' ', 2 * node.Depth) + node.InstancePath);
        }

        return table;
    }

    private TextTable Handles()
    {
        var table = new TextTable("PROCESS", "PID", "HANDLE", "OBJECT", "TYPE", "ACCESS", "BATCH", "NAME");
        foreach (var handle in survey.Handles)
        {
            var process = survey.Processes[handle.Process];
            table.Add(
                process.Name, process.Id.ToString(), $"{handle.Value:x}", handle.Body.ToString(), survey.TypeNameOf(handle.Body), $"{handle.GrantedAccess:x}",
                handle.RemainingBatch?.ToString(), survey.DescribeObject(handle.Body));
        }

        return table;
    }

    private TextTable Irps()
    {
        var table = new TextTable("IRP", "THREAD", "LOCATION", "REQUEST", "DEVICE", "DRIVER", "FILE", "CANCEL");
        foreach (var irp in survey.AllIrps())
        {
            var device = irp.Device.IsNull ? null : survey.DeviceAt(irp.Device);
            table.Add(
                irp.Address.ToString(), Or(irp.Thread), irp.Location, irp.Request, Or(irp.Device), device?.DriverName, Or(irp.File),
                irp.CancelRoutine.IsNull ? (irp.IsCancelled ? "cancelled" : "none") : survey.PlaceOf(irp.CancelRoutine));
        }

        return table;
    }

    private TextTable Callbacks()
    {
        var table = new TextTable("KIND", "ENTRY", "ROUTINE", "SUBJECT");
        foreach (var root in survey.Registrations)
            table.Add(root.Kind.ToString(), root.Address.ToString(), root.Routine.IsNull ? "-" : survey.PlaceOf(root.Routine), root.Subject.IsNull ? "-" : survey.DescribeObject(root.Subject) ?? root.Subject.ToString());
        foreach (var timer in survey.Timers)
            table.Add("Timer", timer.Address.ToString(), survey.PlaceOf(timer.Routine), "-");
        foreach (var dpc in survey.Dpcs)
            table.Add("Dpc", dpc.Address.ToString(), survey.PlaceOf(dpc.Routine), "-");
        return table;
    }

    private static string Or(VirtualAddress address) => address.IsNull ? "-" : address.ToString();

    private static string Words(string flags) => flags is "0" or "None" ? "-" : flags.Replace(", ", " ", StringComparison.Ordinal);
}

using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>Applications in a run: what they open, and how.</summary>
internal sealed partial class ScenarioRun
{
    /// <summary>Opens any device of the driver.</summary>
    /// <param name="task">What the application is told to do; part of the story.</param>
    public LabHandle? OpenAny(string task) => OpenFirst(() => [.. ControlPaths(), .. StackPaths()], task);

    /// <summary>Opens a device of the driver's stack.</summary>
    public LabHandle? OpenStack(string task) => OpenFirst(() => [.. StackPaths()], task);

    /// <summary>Opens a device that is in no stack.</summary>
    public LabHandle? OpenControl(string task) => OpenFirst(() => [.. ControlPaths()], task);

    /// <summary>Sends a read that the driver may keep, and closes the handle while it is pending.</summary>
    public void ReadAndClose(LabHandle handle)
    {
        Machine.StartRead(handle, 64);
        Machine.Close(handle);
    }

    private LabHandle? OpenFirst(Func<string[]> paths, string task, string? service = null)
    {
        var application = Machine.StartApplication(service is not null ? "service.exe" : _applications++ == 0 ? "app.exe" : $"app{_applications}.exe", service);
        AddClient(application.Name, Party.Client, isOfLab: true, task);
        foreach (var path in LabMachine.Look(paths, []).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            if (Machine.Open(application, path) is not { } handle)
                continue;
            foreach (var request in _subject.Profile.Requests)
                Machine.Send(handle, request);
            return handle;
        }

        return null;
    }

    /// <summary>Names of the driver's devices that are in no PnP stack (U-4.2), by link where there is one.</summary>
    private IEnumerable<string> ControlPaths()
    {
        if (Machine.DriverOf(Service) is not { } driver)
            return [];
        return Machine.Kernel.Io.DevicesOf(driver).Where(d => !IsInStack(d))
            .Select(d => Machine.Kernel.Ob.NameOf(d.Address)).OfType<string>().SelectMany(n => LinksTo(n).Append(n));
    }

    /// <summary>Names that lead to the stacks in which the driver has a device: interfaces, links, device names; those of devices higher up first.</summary>
    private IEnumerable<string> StackPaths()
    {
        foreach (var device in _devices.Where(d => d.IsAdded))
        {
            foreach (var member in Enumerable.Reverse(PnpManager.StackAbove(device.Pdo)))
            {
                if (Machine.Kernel.Ob.NameOf(member.Address) is { } name)
                {
                    foreach (var link in LinksTo(name))
                        yield return link;
                    yield return name;
                }
            }
        }
    }

    private string[] LinksTo(string target)
    {
        var ob = Machine.Kernel.Ob;
        return ob.Children(ob.DosDevices)
            .Where(o => ob.KindOf(o) == ObjectKind.SymbolicLink
                && new SymbolicLinkObject(Machine.Kernel.Memory, o).LinkTarget.ToText().Equals(target, StringComparison.OrdinalIgnoreCase))
            .Select(o => ob.NameOf(o)).OfType<string>().Order(StringComparer.Ordinal).ToArray();
    }

    private static bool IsInStack(DeviceObject device)
    {
        var bottom = device;
        while (PnpManager.ExtensionOf(bottom).AttachedTo is { } below)
            bottom = below;
        return PnpManager.ExtensionOf(bottom).DeviceNode is not null;
    }
}

using LastRef.Kernel;

namespace LastRef.Lab;

/// <summary>Applications and services that are told of the device's removal, in a run.</summary>
internal sealed partial class ScenarioRun
{
    /// <summary>A client that opens the driver's stack and registers as its behaviour says.</summary>
    /// <param name="service">The name of the service that the client is; null for an application, and for one of the lab's naming.</param>
    /// <returns>Null when nothing of the stack could be opened.</returns>
    public LabHandle? OpenAsClient(ClientBehaviour behaviour, NotificationApi api, string? service = null)
    {
        if (api == NotificationApi.Service)
            service ??= "LabService";
        if (OpenFirst(() => [.. InterfacePaths(), .. StackPaths()], TaskOf(behaviour), service) is not { } handle)
            return null;
        handle.Application.Behaviour = behaviour;
        if (behaviour == ClientBehaviour.InterfaceOnly)
        {
            foreach (var known in Machine.Kernel.Pnp.Interfaces.Where(i => i.IsEnabled).Select(i => i.Class).Distinct().ToArray())
                Machine.Notifications.RegisterInterface(handle.Application, known, api);
        }
        else if (behaviour != ClientBehaviour.Unaware)
            Machine.Register(handle, api);
        return handle;
    }

    public void StartRead(LabHandle handle) => Machine.StartRead(handle, 64);

    /// <summary>Ends the process that has a handle.</summary>
    public void EndProcess(LabHandle handle) => Machine.EndProcess(handle.Application);

    /// <summary>Copies a handle into a process that knows nothing of it, and closes it where it came from.</summary>
    public void DuplicateAndClose(LabHandle handle)
    {
        var other = Machine.StartApplication("helper.exe");
        AddClient(other.Name, Party.Client, isOfLab: true, "has a copy of the handle and does not know");
        Machine.Duplicate(handle, other);
        Machine.Close(handle);
    }

    /// <summary>Opens a child device of the driver's first device.</summary>
    public LabHandle? OpenChild(string task) => OpenFirst(() => [.. ChildPaths()], task);

    /// <summary>A set-up program that updates the driver and restarts one of its devices, not the others (RC-34).</summary>
    public void UpdateFirstDeviceOnly()
    {
        if (_devices.FirstOrDefault(d => d.IsAdded) is not { } device)
            return;
        AddClient("setup.exe", Party.Client, isOfLab: true, "updates the driver and restarts one of its devices");
        Machine.UpdateDriver(device);
    }

    public void DeleteService() => Machine.DeleteService(Service);

    public void DeleteServiceKey()
    {
        AddClient("setup.exe", Party.Client, isOfLab: true, "deletes the service's key before the stop");
        Machine.DeleteServiceKey(Service);
    }

    /// <summary>A second device, for which set-up made a second service of the same image .</summary>
    public void PlugInWithSecondService()
    {
        AddClient("setup.exe", Party.Client, isOfLab: true, "gives the image a second service");
        var second = Machine.AddServiceForSameImage(Service, Service.Name + "2");
        if (Machine.PlugIn(Identity(_instances++) with { Service = second.Name }) is { } device)
            _devices.Add(device);
    }

    /// <summary>Lets virtual time pass.</summary>
    public void Wait(int seconds)
    {
        Machine.Kernel.Trace.Add(Machine.Kernel.Stamp(new StimulusRecord(StimulusKind.Wait, $"{seconds} s"))).Status = NtStatus.Success;
        Machine.LetTimePass(seconds * 10_000_000L);
    }

    /// <summary>Interfaces that the driver's devices have enabled (U-1.19: opening one counts on the PDO).</summary>
    private IEnumerable<string> InterfacePaths() => _devices.Where(d => d.IsAdded).Select(d => Machine.FindInterface(d)).OfType<string>();

    private IEnumerable<string> ChildPaths()
    {
        foreach (var child in _devices.SelectMany(d => d.Children).Where(c => c.IsStarted))
        {
            if (Machine.FindInterface(child) is { } known)
                yield return known;
            if (Machine.Kernel.Ob.NameOf(child.Pdo.Address) is { } name)
                yield return name;
        }
    }

    private static string TaskOf(ClientBehaviour behaviour) => behaviour switch
    {
        ClientBehaviour.ClosesOnQueryRemove => "closes its handle when it is asked whether the device may go",
        ClientBehaviour.Refuses => "refuses to let the device go",
        ClientBehaviour.Ignores => "agrees that the device goes and keeps its handle",
        ClientBehaviour.ClosesLate => "closes its handle some seconds after it agreed",
        ClientBehaviour.ClosesThenReopens => "closes its handle when it is asked and opens the device again",
        ClientBehaviour.DeadlocksInCallback => "ends its registration inside the callback",
        ClientBehaviour.WaitsForThreadInCallback => "waits in the callback for a thread that ends its registration",
        ClientBehaviour.InterfaceOnly => "registered for the interface alone and keeps its handle",
        _ => "keeps its handle",
    };
}

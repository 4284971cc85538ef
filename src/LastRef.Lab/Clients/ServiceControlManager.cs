using LastRef.Kernel;

namespace LastRef.Lab;

/// <summary>The service control manager: its database, and what it answers to start, stop, query and delete (spec 3.3).</summary>
/// <remarks>
/// U-3.31: of a driver it knows only whether the driver object is in the namespace, and whether it has asked for the stop. Its record of an accepted
/// stop is brought up to date when somebody queries or controls the service (U-3.34, U-3.35: field reports, so inferred).
/// </remarks>
internal sealed class ServiceControlManager(NtKernel kernel)
{
    private const int StartDisabled = 4;
    private readonly List<ServiceRecord> _services = [];

    public IReadOnlyList<ServiceRecord> Services => _services;

    /// <summary>Enters a service, as CreateService does.</summary>
    public ServiceRecord Create(string name, string keyPath, bool isProcess = false)
    {
        var record = new ServiceRecord(name, keyPath) { IsProcess = isProcess };
        _services.RemoveAll(s => Is(s, name));
        _services.Add(record);
        return record;
    }

    public ServiceRecord? Find(string name) => _services.Find(s => Is(s, name));

    /// <summary>The state that a query shows; brings the record up to date (U-3.31, U-3.34).</summary>
    public ServiceAnswer Query(string name)
    {
        if (Find(name) is not { } service)
            return NoService;
        var state = Refresh(service);
        return new ServiceAnswer(Win32Error.Success, state, null);
    }

    /// <summary>Starts a driver's service and those that it depends on.</summary>
    public async GuestTask<ServiceAnswer> Start(string name)
    {
        if (Find(name) is not { } service)
            return NoService;
        if (service.IsMarkedForDelete)
            return new ServiceAnswer(Win32Error.ServiceMarkedForDelete, StateOf(service), null);
        if (kernel.Cm.FindKey(service.KeyPath) is { } key && kernel.Cm.QueryDword(key, "Start") == StartDisabled)
            return new ServiceAnswer(Win32Error.ServiceDisabled, StateOf(service), null);

        // U-3.35: while the old driver is pending 1056; when it has gone and nobody looked since, 1058 was reported.
        if (StateOf(service) != ServiceState.Stopped)
            return new ServiceAnswer(Win32Error.ServiceAlreadyRunning, StateOf(service), null);
        if (service.StopAccepted)
            return new ServiceAnswer(Win32Error.ServiceDisabled, ServiceState.StopPending, null);
        foreach (var needed in service.DependsOn)
        {
            if (Find(needed) is not { } below || (StateOf(below) != ServiceState.Running && !(await Start(needed)).Succeeded))
                return new ServiceAnswer(Win32Error.ServiceDependencyFailed, ServiceState.Stopped, null);
        }

        var (status, _) = await kernel.Io.LoadDriver(service.KeyPath);
        return new ServiceAnswer(ErrorOf(status), StateOf(service), status);
    }

    /// <summary>What a status of the kernel is to a program; the manager's own 1052 for C0000010 is not made here (U-3.32, U-11.15).</summary>
    private int? ErrorOf(NtStatus status) => status.IsSuccess ? Win32Error.Success : (int?)kernel.Rtl.DosErrorOf(status);

    /// <summary>Sends a stop; a driver's goes on to NtUnloadDriver (U-3.30 to U-3.33).</summary>
    public async GuestTask<ServiceAnswer> Stop(string name)
    {
        if (Find(name) is not { } service)
            return NoService;
        switch (Refresh(service))
        {
            case ServiceState.Stopped:
                return new ServiceAnswer(Win32Error.ServiceNotActive, ServiceState.Stopped, null);
            case ServiceState.StopPending:
                return new ServiceAnswer(Win32Error.ServiceCannotAcceptControl, ServiceState.StopPending, null);
        }

        if (RunningDependentsOf(service).Any())
            return new ServiceAnswer(Win32Error.DependentServicesRunning, ServiceState.Running, null);
        if (service.Process is { } process)
        {
            await kernel.Ps.ExitProcess(process.Process, NtStatus.Success);
            service.Process = null;
            return new ServiceAnswer(Win32Error.Success, Refresh(service), null);
        }

        var status = await kernel.Io.UnloadDriver(service.KeyPath, Attempter.Scm);
        if (status == NtStatus.InvalidDeviceRequest)
            return new ServiceAnswer(Win32Error.InvalidServiceControl, StateOf(service), status);
        if (!status.IsSuccess)
            return new ServiceAnswer(ErrorOf(status), StateOf(service), status);
        service.StopAccepted = true;
        return new ServiceAnswer(Win32Error.Success, Refresh(service), status);
    }

    /// <summary>Marks a service for deletion; its key goes when it is stopped (Doc: DeleteService).</summary>
    public ServiceAnswer Delete(string name)
    {
        if (Find(name) is not { } service)
            return NoService;
        if (service.IsMarkedForDelete)
            return new ServiceAnswer(Win32Error.ServiceMarkedForDelete, StateOf(service), null);
        service.IsMarkedForDelete = true;
        kernel.Cm.FindKey(service.KeyPath)?.SetValue(RegistryValue.Dword("DeleteFlag", 1));
        return new ServiceAnswer(Win32Error.Success, Refresh(service), null);
    }

    /// <summary>Services that run and need this one.</summary>
    public IEnumerable<ServiceRecord> RunningDependentsOf(ServiceRecord service) =>
        _services.Where(s => s.DependsOn.Exists(n => Is(service, n)) && StateOf(s) != ServiceState.Stopped);

    private static ServiceAnswer NoService => new(Win32Error.ServiceDoesNotExist, null, null);

    private static bool Is(ServiceRecord service, string name) => service.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    /// <summary>U-3.31: by the driver object's name; a process runs while it has not ended.</summary>
    public ServiceState StateOf(ServiceRecord service)
    {
        var exists = service.IsProcess ? service.Process is { HasEnded: false } : kernel.Io.FindDriver(service.KeyPath) is not null;
        return !exists ? ServiceState.Stopped : service.StopAccepted ? ServiceState.StopPending : ServiceState.Running;
    }

    private ServiceState Refresh(ServiceRecord service)
    {
        var state = StateOf(service);
        if (state != ServiceState.Stopped)
            return state;
        service.StopAccepted = false;
        if (service.IsMarkedForDelete)
        {
            _services.Remove(service);
            kernel.Cm.FindKey(service.KeyPath)?.DeleteTree();
        }

        return state;
    }
}

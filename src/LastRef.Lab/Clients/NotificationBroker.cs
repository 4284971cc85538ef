using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>Brings what the PnP manager says to applications and services, and their answers back (spec 5.2, 9).</summary>
/// <remarks>
/// Among the registrations of one device the order is that of registration: no order between applications and services is documented (U-9.21).
/// A question that is not answered counts as refused after a time; that there is such a limit is known (U-3.38), its length is the lab's choice.
/// </remarks>
internal sealed class NotificationBroker(LabMachine machine) : IUserModePnp
{
    private const long Patience100ns = 30L * 10_000_000;

    /// <summary>PNP_VetoWindowsApp and PNP_VetoWindowsService (spec 5.6).</summary>
    private const int VetoWindowsApp = 3;
    private const int VetoWindowsService = 4;

    private readonly List<ClientRegistration> _registrations = [];
    private readonly List<ClientRegistration> _asked = [];

    private NtKernel Kernel => machine.Kernel;

    public IReadOnlyList<ClientRegistration> Registrations => _registrations;

    /// <summary>Registers a handle for the removal of its device (U-9.11); the PDO is held from now on (U-6.23).</summary>
    /// <returns>Null when the stack does not say which device it is, as for a control device.</returns>
    public async GuestTask<ClientRegistration?> RegisterHandle(LabHandle handle, NotificationApi api)
    {
        if (Kernel.Ob.FindHandle(handle.Application.Process, handle.Value) is not { } open)
            return null;
        var (device, entry) = await Kernel.Pnp.RegisterFromUserMode(new FileObject(Kernel.Memory, open.Body));
        if (device is null)
            return null;
        var registration = new ClientRegistration(handle.Application, api, null, device) { Entry = entry, Handle = handle };
        _registrations.Add(registration);
        return registration;
    }

    /// <summary>Registers for the arrival and removal of interfaces of a class (U-9.10).</summary>
    public ClientRegistration RegisterInterface(LabApplication application, Guid classGuid, NotificationApi api)
    {
        var registration = new ClientRegistration(application, api, classGuid, null);
        _registrations.Add(registration);
        return registration;
    }

    /// <summary>Registers for device instances (CM_NOTIFY_FILTER_TYPE_DEVICEINSTANCE, U-9.4), which only the configuration manager offers.</summary>
    /// <param name="instancePath">Null for all of them (CM_NOTIFY_FILTER_FLAG_ALL_DEVICE_INSTANCES).</param>
    public ClientRegistration RegisterInstance(LabApplication application, string? instancePath)
    {
        var registration = new ClientRegistration(application, NotificationApi.ConfigurationManager, null, null) { Instance = instancePath ?? "" };
        _registrations.Add(registration);
        return registration;
    }

    /// <summary>Ends a registration; the configuration manager's routine waits until the callback is out (U-9.15).</summary>
    public async GuestTask Unregister(ClientRegistration registration)
    {
        if (registration.Api == NotificationApi.ConfigurationManager)
        {
            while (registration.IsInCallback)
                await Kernel.Ke.Wait(registration.Idle);
        }

        await End(registration);
    }

    /// <summary>True while a callback of the application has not come back.</summary>
    public bool IsInCallback(LabApplication application) => _registrations.Exists(r => r.Application == application && r.IsInCallback);

    /// <summary>A process that ends has no registrations any more (U-6.23).</summary>
    public async GuestTask ForgetProcess(LabApplication application)
    {
        foreach (var registration in _registrations.Where(r => r.Application == application).ToArray())
            await End(registration);
    }

    public async GuestTask<UserVeto?> QueryRemove(IReadOnlyList<PnpDevice> devices)
    {
        _asked.Clear();
        foreach (var device in devices)
        {
            foreach (var registration in Of(device))
            {
                _asked.Add(registration);
                var answer = await Deliver(registration, ClientEvent.QueryRemove, device.Identity.InstancePath);
                if (answer == ClientAnswer.Agreed)
                    continue;
                var application = registration.Application;
                return application.Service is { } service
                    ? new UserVeto(VetoWindowsService, device, service)
                    : new UserVeto(VetoWindowsApp, device, application.Name);
            }
        }

        return null;
    }

    public async GuestTask QueryRemoveFailed()
    {
        foreach (var registration in _asked.ToArray())
            await Deliver(registration, ClientEvent.QueryRemoveFailed, registration.Device?.Identity.InstancePath ?? "");
        _asked.Clear();
    }

    public async GuestTask Removed(IReadOnlyList<PnpDevice> devices, bool wasAsked)
    {
        foreach (var registration in devices.SelectMany(Of).ToArray())
        {
            var path = registration.Device!.Identity.InstancePath;
            if (wasAsked)
                await Deliver(registration, ClientEvent.RemovePending, path);
            await Deliver(registration, ClientEvent.RemoveComplete, path);
        }

        _asked.Clear();
    }

    public async GuestTask InterfaceChanged(Guid classGuid, string name, bool arrived)
    {
        foreach (var registration in _registrations.Where(r => r.Class == classGuid).ToArray())
            await Deliver(registration, arrived ? ClientEvent.InterfaceArrival : ClientEvent.InterfaceRemoval, name);
    }

    public async GuestTask Custom(PnpDevice device, Guid what)
    {
        foreach (var registration in Of(device))
            await Deliver(registration, ClientEvent.Custom, what.ToString("B"));
    }

    public bool HasInstanceListeners => _registrations.Exists(r => r.Instance is not null);

    public async GuestTask InstanceChanged(string instancePath, InstanceChange change)
    {
        var what = change switch
        {
            InstanceChange.Enumerated => ClientEvent.InstanceEnumerated,
            InstanceChange.Started => ClientEvent.InstanceStarted,
            _ => ClientEvent.InstanceRemoved,
        };
        foreach (var registration in _registrations.Where(r => r.Instance is "" || instancePath.Equals(r.Instance, StringComparison.OrdinalIgnoreCase)).ToArray())
            await Deliver(registration, what, instancePath);
    }

    private ClientRegistration[] Of(PnpDevice device) => [.. _registrations.Where(r => r.Device == device)];

    private async GuestTask End(ClientRegistration registration)
    {
        if (registration.IsEnded)
            return;
        registration.IsEnded = true;
        _registrations.Remove(registration);
        if (!registration.Entry.IsNull)
            await Kernel.Pnp.ReleaseForUserMode(registration.Entry);
    }

    /// <summary>Has the client's code run in its process, and waits for it as long as the system does.</summary>
    private async GuestTask<ClientAnswer> Deliver(ClientRegistration registration, ClientEvent what, string subject)
    {
        if (registration.IsEnded || registration.Application.HasEnded)
            return ClientAnswer.Agreed;
        var record = Kernel.Record(new ClientNotificationRecord(
            registration.Application.Name, registration.Application.ProcessId, what, NotificationNames.Of(registration.Api, what), subject));
        if (registration.IsInCallback)
        {
            // Its callback still has not come back from an earlier event: what is no question only waits in its queue.
            return record.Answer = what == ClientEvent.QueryRemove ? ClientAnswer.TimedOut : ClientAnswer.None;
        }

        if (registration.Idle.IsNull)
            registration.Idle = Kernel.Ke.CreateEvent(synchronization: false);
        Kernel.Ke.Signal(registration.Idle, 0);
        registration.IsInCallback = true;
        var answer = ClientAnswer.None;
        Kernel.Ps.CreateSystemThread($"callback of {registration.Application.Name}", priority: 8, async thread =>
        {
            answer = await LabMachine.InContext(thread, registration.Application, () => ClientScript.React(machine, registration, what));
            registration.IsInCallback = false;
            Kernel.Ke.Signal(registration.Idle, 1);
        });
        await Kernel.Ke.Wait(registration.Idle, -Patience100ns);
        return record.Answer = registration.IsInCallback ? ClientAnswer.TimedOut : answer;
    }
}

namespace LastRef.Lab;

/// <summary>Scenarios with applications and services that behave well or badly when a device or driver is to go (spec section 9).</summary>
internal static partial class ScenarioCatalogue
{
    private static IReadOnlyList<Scenario> Clients =>
    [
        new("client-closes-on-query", "an application with a read pending closes its handle when it is asked, and the device is removed", IsOpenedPnp,
            run => WithClient(run, ClientBehaviour.ClosesOnQueryRemove, NotificationApi.Window)),
        new("client-refuses", "an application refuses to let the device go", IsOpenedPnp,
            run => WithClient(run, ClientBehaviour.Refuses, NotificationApi.Window)),
        new("service-keeps-handle", "a service agrees to the removal and keeps its handle", IsOpenedPnp,
            run => WithClient(run, ClientBehaviour.Ignores, NotificationApi.Service)),
        new("client-closes-late", "an application closes its handle some seconds after it agreed", IsOpenedPnp, ClientClosesLate),
        new("client-reopens", "an application closes its handle when it is asked and opens the device again at once", IsOpenedPnp,
            run => WithClient(run, ClientBehaviour.ClosesThenReopens, NotificationApi.ConfigurationManager)),
        new("client-deadlocks", "a service ends its registration inside the callback, which never comes back", IsOpenedPnp, ClientDeadlocks),
        new("client-waits-for-thread", "a service waits in the callback for a thread of its own that ends the registration", Never, ClientWaitsForThread),
        new("client-interface-only", "an application that registered for the interface alone is not asked and keeps its handle", IsOpenedPnp, ClientInterfaceOnly),
        new("client-told-of-surprise", "the device is pulled out and an application closes its handle when it is told", IsOpenedPnp, ClientToldOfSurprise),
        new("client-dies", "an application ends with a handle open and a read pending", t => Opens(t), ClientDies),
        new("handle-in-two-processes", "a handle is duplicated into another process and closed in the first", t => Opens(t), HandleInTwoProcesses),
        new("child-handle-at-removal", "an application has a child device open while its parent is to be removed", IsBus, ChildHandleAtRemoval),
        new("child-handle-at-surprise-removal", "the device is pulled out while an application has a child open, which it closes later", Never, ChildHandleAtSurpriseRemoval),
        new("child-open-at-replug", "the device is pulled out and comes back while an application has a child open; after the close it is replugged again", Never, ChildOpenAtReplug),
        new("update-one-of-two", "the driver is updated and only one of its two devices is restarted", Never, UpdateOneOfTwo),
        new("start-after-deferred-stop", "the service is stopped while a handle is open, which is closed later; then it is to be started again", Never, StartAfterDeferredStop),
        new("service-key-deleted", "the service's key is deleted before the service is stopped", Never, ServiceKeyDeleted),
        new("second-service", "a set-up program gives the image a second service, and a second device names it", Never, SecondService),
        new("service-deleted", "the service is deleted while an application holds a handle, then stopped", t => IsLegacy(t) && Opens(t), ServiceDeleted),
    ];

    private static bool IsOpenedPnp(DriverTraits traits) => IsPnp(traits) && Opens(traits);

    private static bool IsBus(DriverTraits traits) => IsPnp(traits) && (traits & DriverTraits.Bus) != 0;

    /// <summary>Only run by name: what it shows is no fault of the driver, and the driver can do nothing about it.</summary>
    private static bool Never(DriverTraits traits) => false;

    private static void WithClient(ScenarioRun run, ClientBehaviour behaviour, NotificationApi api)
    {
        run.Begin();
        if (run.OpenAsClient(behaviour, api) is { } handle)
            run.StartRead(handle);
        run.RemoveDevices();
        run.CloseAll();
    }

    private static void ClientClosesLate(ScenarioRun run)
    {
        run.Begin();
        run.OpenAsClient(ClientBehaviour.ClosesLate, NotificationApi.Window);
        run.RemoveDevices();
        run.Wait(10);
        run.RemoveDevices();
    }

    private static void ClientDeadlocks(ScenarioRun run)
    {
        run.Begin();
        run.OpenAsClient(ClientBehaviour.DeadlocksInCallback, NotificationApi.ConfigurationManager, service: "LabService");
        run.RemoveDevices();
        run.CloseAll();
    }

    private static void ClientWaitsForThread(ScenarioRun run)
    {
        run.Begin();
        run.OpenAsClient(ClientBehaviour.WaitsForThreadInCallback, NotificationApi.ConfigurationManager, service: "LabService");
        run.RemoveDevices();
        run.CloseAll();
    }

    private static void ClientInterfaceOnly(ScenarioRun run)
    {
        run.Begin();
        run.OpenAsClient(ClientBehaviour.InterfaceOnly, NotificationApi.ConfigurationManager);
        run.RemoveDevices();
        run.CloseAll();
    }

    private static void ClientToldOfSurprise(ScenarioRun run)
    {
        run.Begin();
        if (run.OpenAsClient(ClientBehaviour.ClosesOnQueryRemove, NotificationApi.ConfigurationManager) is { } handle)
            run.StartRead(handle);
        run.PullOutDevices();
    }

    private static void ClientDies(ScenarioRun run)
    {
        run.Begin();
        if (run.OpenAny("ends with its handle open and its read pending") is { } handle)
        {
            run.StartRead(handle);
            run.EndProcess(handle);
        }

        run.StopOrRemove();
    }

    private static void HandleInTwoProcesses(ScenarioRun run)
    {
        run.Begin();
        if (run.OpenAny("closes its handle, of which another process has a copy") is { } handle)
            run.DuplicateAndClose(handle);
        run.StopOrRemove();
        run.CloseAll();
    }

    private static void ChildHandleAtRemoval(ScenarioRun run)
    {
        run.Begin();
        run.OpenChild("keeps its handle on a child device while the parent is to be removed");
        run.RemoveDevices();
        run.CloseAll();
    }

    private static void ChildHandleAtSurpriseRemoval(ScenarioRun run)
    {
        run.Begin();
        run.OpenChild("keeps its handle on a child device while the parent is pulled out");
        run.PullOutDevices();
        run.CloseAll();
    }

    private static void ChildOpenAtReplug(ScenarioRun run)
    {
        run.Begin();
        run.OpenChild("keeps its handle on a child device while the parent is pulled out");
        run.PullOutDevices();
        run.ReplugDevices();
        run.CloseAll();
        run.PullOutDevices();
        run.ReplugDevices();
    }

    private static void UpdateOneOfTwo(ScenarioRun run)
    {
        run.Begin();
        run.PlugInAnother();
        run.UpdateFirstDeviceOnly();
    }

    private static void StartAfterDeferredStop(ScenarioRun run)
    {
        run.Begin();
        run.OpenAny("keeps its handle while the service is stopped");
        run.StopService();
        run.CloseAll();

        // U-3.35: the first start finds the stop still on the service manager's record; the stop that fails brings it up to date.
        run.StartDriver();
        run.StopService();
        run.StartDriver();
    }

    private static void ServiceKeyDeleted(ScenarioRun run)
    {
        run.Begin();
        run.DeleteServiceKey();
        run.StopService();
    }

    private static void SecondService(ScenarioRun run)
    {
        run.Begin();
        run.PlugInWithSecondService();
        run.RemoveDevices();
    }

    private static void ServiceDeleted(ScenarioRun run)
    {
        run.Begin();
        run.OpenAny("keeps its handle while the service is deleted and stopped");
        run.StopService();
        run.DeleteService();
        run.CloseAll();
    }
}

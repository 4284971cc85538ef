namespace LastRef.Lab;

/// <summary>The lab's scenarios, in the order in which they run.</summary>
internal static partial class ScenarioCatalogue
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("start-stop", "start the service, stop it", IsLegacy, run => run.Begin()),
        new("open-handle-at-stop", "an application holds a handle while the service is stopped, then closes it", t => IsLegacy(t) && Opens(t), OpenHandleAtStop),
        new("read-pending-at-close", "an application closes its handle while its read is pending, then the service is stopped", t => IsLegacy(t) && Opens(t), RequestPendingAtClose),
        new("start-stop-start", "start, stop, start again, stop", IsLegacy, StartStopStart),
        new("failed-entry", "DriverEntry finds its names taken", CanFailEntry, run => run.Begin()) { EntryFails = true },
        new("add-start-remove", "a device arrives, starts, is removed", IsPnp, AddStartRemove),
        new("open-handle-at-removal", "an application holds a handle while the device is to be removed, then closes it", t => IsPnp(t) && Opens(t), OpenHandleAtRemoval),
        new("surprise-removal", "the device is pulled out", IsPnp, SurpriseRemoval),
        new("open-handle-at-surprise-removal", "the device is pulled out while an application holds a handle, which it closes later", t => IsPnp(t) && Opens(t), OpenHandleAtSurpriseRemoval),
        new("request-pending-at-removal", "an application closes its handle while its read is pending, then the device is removed", t => IsPnp(t) && Opens(t), RequestPendingAtRemoval),
        new("two-devices", "two devices arrive, one is removed, then the other", IsPnp, TwoDevices),
        new("replug", "a device is removed and comes back", IsPnp, Replug),
        new("failed-start", "the bus fails the start of the device", IsPnp, run => run.Begin()) { StartFails = true },
        new("failed-add", "attaching to the stack fails in AddDevice", IsPnp, run => run.Begin()) { AddDeviceFails = true },
        new("control-handle", "an application holds a handle on the control device while the device is removed", t => IsPnp(t) && (t & DriverTraits.ControlDevice) != 0, ControlHandle),
        new("filter-above", "another driver's filter is attached above", t => true, FilterAbove),
        new("service-stop", "the service of a PnP driver is stopped, which Windows refuses", IsPnp, ServiceStop),
        .. Devices,
        .. Power,
        .. Clients,
        .. Profile,
    ];

    public static bool IsPnp(DriverTraits traits) => (traits & DriverTraits.HasAddDevice) != 0;

    public static bool IsLegacy(DriverTraits traits) => !IsPnp(traits);

    private static bool Opens(DriverTraits traits) => (traits & DriverTraits.Opens) != 0;

    private static bool CanFailEntry(DriverTraits traits) => (traits & (DriverTraits.CreatesDeviceInEntry)) != 0;

    private static void OpenHandleAtStop(ScenarioRun run)
    {
        run.Begin();
        run.OpenAny("keeps its handle while the service is stopped");
        run.StopService();
        run.CloseAll();
    }

    private static void RequestPendingAtClose(ScenarioRun run)
    {
        run.Begin();
        if (run.OpenAny("closes its handle while its read is pending") is { } handle)
            run.ReadAndClose(handle);
        run.StopService();
    }

    private static void StartStopStart(ScenarioRun run)
    {
        run.Begin();
        run.StopService();
        run.Begin();
    }

    private static void AddStartRemove(ScenarioRun run)
    {
        run.Begin();
        run.RemoveDevices();
    }

    private static void OpenHandleAtRemoval(ScenarioRun run)
    {
        run.Begin();
        run.OpenStack("keeps its handle while the device is to be removed");
        run.RemoveDevices();
        run.CloseAll();
    }

    private static void SurpriseRemoval(ScenarioRun run)
    {
        run.Begin();
        run.PullOutDevices();
    }

    private static void OpenHandleAtSurpriseRemoval(ScenarioRun run)
    {
        run.Begin();
        run.OpenStack("keeps its handle after the device was pulled out");
        run.PullOutDevices();
        run.CloseAll();
    }

    private static void RequestPendingAtRemoval(ScenarioRun run)
    {
        run.Begin();
        if (run.OpenStack("closes its handle while its read is pending") is { } handle)
            run.ReadAndClose(handle);
        run.RemoveDevices();
    }

    private static void TwoDevices(ScenarioRun run)
    {
        run.Begin();
        run.PlugInAnother();
        run.RemoveFirstDevice();
        run.RemoveDevices();
    }

    private static void Replug(ScenarioRun run)
    {
        run.Begin();
        run.RemoveDevices();
        run.RestartDevices();
        run.RemoveDevices();
    }

    private static void ControlHandle(ScenarioRun run)
    {
        run.Begin();
        run.OpenControl("keeps its handle on the control device");
        run.RemoveDevices();
        run.CloseAll();
    }

    private static void FilterAbove(ScenarioRun run)
    {
        run.Begin();
        run.AttachFilter();
        run.StopOrRemove();
        run.DetachFilter();
    }

    private static void ServiceStop(ScenarioRun run)
    {
        run.Begin();
        run.StopService();
        run.RemoveDevices();
    }
}

namespace LastRef.Lab;

/// <summary>What a person or a set-up program does to a device (spec 5.5, 5.7).</summary>
internal static partial class ScenarioCatalogue
{
    private static Scenario[] Devices =>
    [
        new("disable-enable", "the device is disabled and enabled again", IsPnp, DisableEnable),
        new("disable-then-unplug", "the device is disabled, then pulled out", IsPnp, DisableThenUnplug),
        new("eject", "the device is ejected and taken out", IsPnp, Eject),
        new("uninstall", "the device is uninstalled", IsPnp, Uninstall),
        new("driver-update", "the driver is updated and its device restarted", IsPnp, DriverUpdate),
        new("driver-update-while-open", "the driver is updated while an application holds a handle", t => IsPnp(t) && Opens(t), DriverUpdateWhileOpen),
        new("replug-while-open", "the device is pulled out while an application holds a handle, and comes back", t => IsPnp(t) && Opens(t), ReplugWhileOpen),
        new("paging-file", "the device may not be removed while a paging file is on it, and may when the file has left", Never, PagingFile),
        new("device-failed", "the device reports that it has failed", IsPnp, DeviceFailed),
    ];

    private static void DisableEnable(ScenarioRun run)
    {
        run.Begin();
        run.ForEachDevice(run.Machine.Disable);
        run.ForEachDevice(run.Machine.Enable);
        run.RemoveDevices();
    }

    private static void DisableThenUnplug(ScenarioRun run)
    {
        run.Begin();
        run.ForEachDevice(run.Machine.Disable);
        run.PullOutDevices();
    }

    private static void Eject(ScenarioRun run)
    {
        run.Begin();
        run.ForEachDevice(run.Machine.Eject);
        run.PullOutDevices();
    }

    private static void Uninstall(ScenarioRun run)
    {
        run.Begin();
        run.ForEachDevice(run.Machine.Uninstall);
    }

    private static void DriverUpdate(ScenarioRun run)
    {
        run.Begin();
        run.ForEachDevice(device => run.Machine.UpdateDriver(device));
        run.RemoveDevices();
    }

    private static void DriverUpdateWhileOpen(ScenarioRun run)
    {
        run.Begin();
        run.OpenStack("keeps its handle while the driver is updated");
        run.ForEachDevice(device => run.Machine.UpdateDriver(device));
        run.CloseAll();
        run.RemoveDevices();
    }

    private static void ReplugWhileOpen(ScenarioRun run)
    {
        run.Begin();
        run.OpenStack("keeps its handle after the device was pulled out");
        run.PullOutDevices();
        run.ReplugDevices();
        run.CloseAll();
        run.RemoveDevices();
    }

    private static void PagingFile(ScenarioRun run)
    {
        run.Begin();
        run.ForEachDevice(device => run.Machine.UseForSystemFile(device, Kernel.DeviceUsage.Paging, inPath: true));
        run.RemoveDevices();
        run.ForEachDevice(device => run.Machine.UseForSystemFile(device, Kernel.DeviceUsage.Paging, inPath: false));
        run.RemoveDevices();
    }

    private static void DeviceFailed(ScenarioRun run)
    {
        run.Begin();
        run.ForEachDevice(run.Machine.ReportFailure);
    }
}

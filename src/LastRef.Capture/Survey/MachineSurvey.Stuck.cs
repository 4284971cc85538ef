using LastRef.Nt;

namespace LastRef;

/// <summary>Which drivers look stuck.</summary>
public sealed partial class MachineSurvey
{
    /// <summary>Drivers whose unload waits or did not end, devices that wait to be deleted, device nodes that wait for closes.</summary>
    /// <remarks>Spec: U-8.1, U-8.2; dump-format, sections 8.3 and 9.</remarks>
    public IReadOnlyList<StuckDriver> StuckDrivers()
    {
        var stuck = new List<StuckDriver>();
        var waiting = Nodes.Where(node => node.State.EndsWith("PendingCloses", StringComparison.Ordinal) || node.State.Contains("AwaitingQueued", StringComparison.Ordinal)).ToList();
        foreach (var driver in Drivers.OrderBy(d => d.Name, StringComparer.OrdinalIgnoreCase))
        {
            var why = WhyStuck(driver).Concat(waiting.Where(node => IsNodeOf(node, driver)).Select(Describe)).ToList();
            if (why.Count > 0)
                stuck.Add(new StuckDriver(driver, driver.Name ?? driver.Address.ToString(), why));
        }

        foreach (var node in waiting.Where(node => !Drivers.Any(driver => IsNodeOf(node, driver))))
            stuck.Add(new StuckDriver(null, node.ServiceName.Length > 0 ? node.ServiceName : node.InstancePath, [Describe(node)]));
        return stuck;
    }

    private static bool IsNodeOf(SurveyedNode node, SurveyedDriver driver) =>
        node.ServiceName.Length > 0 && (Same(driver.ServiceName, node.ServiceName) || Same(driver.ShortName, node.ServiceName));

    private static string Describe(SurveyedNode node) => $"device node {node.InstancePath} is in state {node.State.Replace("DeviceNode", "", StringComparison.Ordinal)}";

    private IEnumerable<string> WhyStuck(SurveyedDriver driver)
    {
        var devices = driver.Devices.Items.Select(DeviceAt).OfType<SurveyedDevice>().ToList();
        if ((driver.Flags & DriverObjectFlags.UnloadInvoked) != 0)
        {
            yield return driver.IsNamed
                ? "DriverUnload was invoked and has not returned"
                : $"DriverUnload was invoked and has returned, but {driver.PointerCount} reference(s) keep the driver object";
        }

        foreach (var device in devices)
        {
            var name = device.Name ?? device.Address.ToString();
            var opens = device.ReferenceCount > 0 ? $", {device.ReferenceCount} open(s)" : "";
            var above = device.AttachedDevice.IsNull ? "" : $", a device of {DeviceAt(device.AttachedDevice)?.DriverName ?? "another driver"} is attached above";
            if ((device.ExtensionFlags & DeviceObjectExtensionFlags.UnloadPending) != 0)
                yield return $"unload pending on {name}{opens}{above}";
            if ((device.ExtensionFlags & DeviceObjectExtensionFlags.DeletePending) != 0)
                yield return $"delete pending on {name}{opens}{above}";
            if ((device.ExtensionFlags & DeviceObjectExtensionFlags.RemovePending) != 0)
                yield return $"remove pending on {name}{opens}{above}";
            if ((device.ExtensionFlags & (DeviceObjectExtensionFlags.RemoveProcessed | DeviceObjectExtensionFlags.DeletePending)) == DeviceObjectExtensionFlags.RemoveProcessed
                && device.DeviceNode.IsNull)
                yield return $"{name} was removed and never deleted{opens}{above}";
        }
    }
}

using LastRef.Nt;

namespace LastRef;

/// <summary>Which drivers look stuck.</summary>
public sealed partial class MachineSurvey
{
    /// <summary>
    /// Drivers whose unload waits or did not end, devices that wait to be deleted, device nodes that wait for closes, threads that wait
    /// inside a removal or its callback, PnP drivers of which only a control device is left, and device nodes that are marked for a restart.
    /// </summary>
    /// <remarks>Spec: U-8.1, U-8.2, U-4.2; dump-format, sections 8.3 and 9.</remarks>
    public IReadOnlyList<StuckDriver> StuckDrivers()
    {
        var stuck = new List<StuckDriver>();
        var waiting = Nodes.Where(node => node.State.EndsWith("PendingCloses", StringComparison.Ordinal) || node.State.Contains("AwaitingQueued", StringComparison.Ordinal)
            || PendingRemovals.ContainsKey(node.PhysicalDevice)).ToList();
        var inside = ThreadsInside();
        foreach (var driver in Drivers.OrderBy(d => d.Name, StringComparer.OrdinalIgnoreCase))
        {
            var why = WhyStuck(driver).Concat(inside.GetValueOrDefault(driver.Address) ?? [])
                .Concat(waiting.Where(node => IsNodeOf(node, driver)).Select(Describe))
                .Concat(Nodes.Where(node => IsNodeOf(node, driver)).Select(WhyRestart).OfType<string>()).ToList();
            if (why.Count > 0)
                stuck.Add(new StuckDriver(driver, driver.Name ?? driver.Address.ToString(), why));
        }

        foreach (var node in waiting.Where(node => !Drivers.Any(driver => IsNodeOf(node, driver))))
            stuck.Add(new StuckDriver(null, NameOf(node), [Describe(node)]));
        foreach (var node in Nodes.Where(node => WhyRestart(node) is not null && !waiting.Contains(node) && !Drivers.Any(driver => IsNodeOf(node, driver))))
            stuck.Add(new StuckDriver(null, NameOf(node), [WhyRestart(node)!]));
        // A node that is out of the tree already is still in the list of what waits.
        foreach (var (device, what) in PendingRemovals.Where(p => Nodes.All(node => node.PhysicalDevice != p.Key)))
            stuck.Add(new StuckDriver(null, NameOf(device) ?? device.ToString(), [$"the {what} of {NameOf(device) ?? device.ToString()} waits for the last close"]));
        foreach (var node in Nodes.Where(node => !node.PhysicalDevice.IsNull))
        {
            if (BrokenAbove(node.PhysicalDevice) is { } broken)
                stuck.Add(new StuckDriver(null, NameOf(node), [$"{broken.DeviceName} points to a device above it at {broken.Attached} that is gone"]));
        }

        return stuck;
    }

    private static bool IsNodeOf(SurveyedNode node, SurveyedDriver driver) =>
        node.ServiceName.Length > 0 && (Same(driver.ServiceName, node.ServiceName) || Same(driver.ShortName, node.ServiceName));

    private static string NameOf(SurveyedNode node) => node.ServiceName.Length > 0 ? node.ServiceName : node.InstancePath;

    /// <summary>Nodes that the system marked: a restart was asked for, or the device cannot work before one (U-5.61; cfg.h).</summary>
    private static string? WhyRestart(SurveyedNode node) => node.Problem switch
    {
        38 => $"device node {node.InstancePath} has code 38: its driver could not be loaded, because an earlier instance was still in memory",
        21 => $"device node {node.InstancePath} has code 21: it waits to be removed",
        _ when node.Problem == 14 || (node.UserFlags & DeviceNodeUserFlags.NeedRestart) != 0 =>
            $"device node {node.InstancePath} needs a restart: a removal or a change of it was refused",
        _ => null,
    };

    private string Describe(SurveyedNode node) => $"device node {node.InstancePath} is in state {node.State.Replace("DeviceNode", "", StringComparison.Ordinal)}"
        + (PendingRemovals.TryGetValue(node.PhysicalDevice, out var what) ? $"; its {what} waits for the last close" : "");

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
            var above = (device.AttachedDevice.IsNull ? "" : $", a device of {DeviceAt(device.AttachedDevice)?.DriverName ?? "another driver"} is attached above")
                + (MountedOn(device) is { } mounted ? $", mounted by {mounted}" : "");
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

        // One that no device node names has had no device yet, and is as it should be.
        if (!driver.AddDevice.IsNull && devices.Count > 0 && devices.TrueForAll(IsControlDevice) && Nodes.Any(node => IsNodeOf(node, driver)))
        {
            yield return $"a PnP driver without a device in any stack; only {string.Join(", ", devices.Take(3).Select(device => device.Name))} is left, "
                + "and while it is there nobody calls DriverUnload";
        }
    }

    /// <summary>U-4.2: in no stack, with a name, and nothing of it is pending.</summary>
    private static bool IsControlDevice(SurveyedDevice device) =>
        device is { Name: not null, AttachedTo.IsNull: true, DeviceNode.IsNull: true }
        && (device.Flags & DeviceFlags.DeviceInitializing) == 0
        && (device.ExtensionFlags & (DeviceObjectExtensionFlags.UnloadPending | DeviceObjectExtensionFlags.DeletePending | DeviceObjectExtensionFlags.RemovePending | DeviceObjectExtensionFlags.RemoveProcessed)) == 0;

    /// <summary>
    /// Threads that wait inside a driver for what keeps a removal or an unload from ending, by the driver: inside DriverUnload, inside the
    /// callback of a PnP notification, or for a remove lock.
    /// </summary>
    private Dictionary<VirtualAddress, List<string>> ThreadsInside()
    {
        var callbacks = Registrations.Where(r => r.Kind == RegistrationKind.PnpNotification).Select(r => r.Routine).ToHashSet();
        var found = new Dictionary<VirtualAddress, List<string>>();
        var byStart = Drivers.Where(driver => !driver.Start.IsNull).GroupBy(driver => driver.Start).ToDictionary(group => group.Key, group => group.First());
        foreach (var thread in Threads.Where(thread => thread.State == Waiting && !thread.WaitObject.IsNull))
        {
            if (IsCancelled)
            {
                Gap("the kernel stacks: cut off on request");
                break;
            }

            var (subject, at) = SubjectOf(thread.WaitObject);
            foreach (var frame in Unwind(thread))
            {
                // The kernel comes first; what it waits for in its own code is not a driver's.
                var module = Unwinder.ModuleOf(frame);
                var driver = module is null || module == Modules[0] ? null : byStart.GetValueOrDefault(module.Base);
                if (driver is null)
                    continue;
                var function = Unwinder.FunctionAt(frame - 1)?.Begin ?? default;
                var why = subject == WaitSubject.RemoveLock ? $"thread {thread.Id} waits in {PlaceOf(frame)} for the remove lock at {at}"
                    : !function.IsNull && function == driver.DriverUnload ? $"thread {thread.Id} waits inside DriverUnload for {thread.WaitObject}"
                    : callbacks.Contains(function) ? $"thread {thread.Id} waits inside a PnP notification callback, {PlaceOf(function)}, for {thread.WaitObject}"
                    : null;
                if (why is null)
                    continue;
                if (!found.TryGetValue(driver.Address, out var lines))
                    found[driver.Address] = lines = [];
                if (!lines.Contains(why))
                    lines.Add(why);
                break;
            }
        }

        return found;
    }
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>What a person or a set-up program does to a device (spec 5.2 triggers, 5.5, 5.7).</summary>
internal sealed partial class PnpManager
{
    /// <summary>Disables a device as Device Manager does: the PDO stays, code 22 (U-5.43).</summary>
    /// <returns>STATUS_PLUGPLAY_QUERY_VETOED when it is refused; then a restart is needed (U-5.61).</returns>
    public GuestTask<NtStatus> Disable(PnpDevice device) => Serialized(() => RemoveForUser(device, new RemovalRequest(DeviceProblem.Disabled)));

    /// <summary>Enables a device that was disabled, or starts again one that was not started: AddDevice and START on the same PDO (T-82).</summary>
    public GuestTask<NtStatus> Enable(PnpDevice device) => Serialized(() => EnableLocked(device));

    /// <summary>Safe removal: with ejection relations, then EJECT; code 47 until the device is pulled out (U-5.44).</summary>
    public GuestTask<NtStatus> Eject(PnpDevice device) =>
        Serialized(() => RemoveLocked(device, new RemovalRequest(DeviceProblem.HeldForEject) { Ejects = true }));

    /// <summary>Uninstalls a device: orderly removal, then its keys in the registry go (U-5.61).</summary>
    public GuestTask<NtStatus> Uninstall(PnpDevice device) => Serialized(async () =>
    {
        var status = await RemoveForUser(device, new RemovalRequest(DeviceProblem.None) { Uninstalls = true });
        if (!status.IsSuccess)
            return status;
        _interfaces.RemoveAll(i => !i.IsEnabled && IsOf(i, device));
        DeleteTree(_kernel.Cm.FindKey(EnumKey + device.Identity.InstancePath));

        // The bus still has the device: the next enumeration installs it anew.
        if (!device.IsDeleted)
            SetState(device, NodeState.Uninitialized);
        return status;
    });

    /// <summary>The removal with which a driver update begins; the files have been replaced before (U-5.62).</summary>
    public GuestTask<NtStatus> RemoveForUpdate(PnpDevice device) => Serialized(() => RemoveForUser(device, new RemovalRequest(DeviceProblem.None)));

    /// <summary>The restart with which a driver update ends: code 38 when the old image is still resident (U-3.84).</summary>
    /// <remarks>When the old driver object is alive, the old image serves the device and a restart is needed (U-4.51, U-5.62).</remarks>
    public GuestTask<NtStatus> StartAfterUpdate(PnpDevice device) => Serialized(async () =>
    {
        var isOld = device.Identity.Service is { } service && _kernel.Io.FindDriver(IoManager.ServicesKey + "\\" + service) is not null;
        var status = await EnableLocked(device);
        if (isOld && status.IsSuccess)
            SetNeedRestart(device);
        return status;
    });

    /// <summary>Looks for hardware changes: every bus is asked for its children, and devices without a stack get one.</summary>
    public GuestTask Rescan() => Serialized(async () =>
    {
        await EnumerateTree();
        foreach (var device in _devices.Where(d => !d.IsDeleted && !d.IsAdded && !d.IsMissing && StateOf(d) == NodeState.Uninitialized).ToArray())
        {
            WriteDeviceKeys(device);
            SetState(device, NodeState.Initialized);
            await EnableLocked(device);
        }
    });

    private async GuestTask<NtStatus> EnableLocked(PnpDevice device)
    {
        if (device.IsDeleted || device.IsMissing || device.IsSurpriseRemoved)
            return NtStatus.NoSuchDevice;
        if (device.IsAdded)
            return NtStatus.Success;
        var status = await BuildStackLocked(device);
        return status.IsSuccess ? await StartLocked(device) : status;
    }

    private async GuestTask<NtStatus> RemoveForUser(PnpDevice device, RemovalRequest request)
    {
        var status = await RemoveLocked(device, request);
        if (status == NtStatus.PlugplayQueryVetoed && !device.IsDeleted && device != _root)
            SetNeedRestart(device);
        return status;
    }

    /// <summary>U-5.61: the change is made at the next start of the system; Device Manager shows code 14.</summary>
    private void SetNeedRestart(PnpDevice device)
    {
        SetUserFlag(device, DeviceNodeUserFlags.NeedRestart, true);
        SetProblem(device, DeviceProblem.NeedRestart, NtStatus.Success);
    }

    /// <summary>Asks every bus that works for its children, from the root down; the lab's own bus knows what was pulled out of it.</summary>
    internal async GuestTask EnumerateTree()
    {
        foreach (var child in Root.Children.Where(c => !c.IsMissing && Bus.IsUnplugged(c.Pdo)).ToArray())
            await SurpriseRemoveLocked(child, DeviceProblem.DeviceNotThere);
        foreach (var child in Root.Children.ToArray())
            await EnumerateBelow(child);
    }

    private async GuestTask EnumerateBelow(PnpDevice device)
    {
        if (device.IsStarted)
            await EnumerateLocked(device);
        foreach (var child in device.Children.ToArray())
            await EnumerateBelow(child);
    }

    private static void DeleteTree(RegistryKey? key)
    {
        if (key is null)
            return;
        foreach (var child in key.Children.ToArray())
            DeleteTree(child);
        key.Delete();
    }
}

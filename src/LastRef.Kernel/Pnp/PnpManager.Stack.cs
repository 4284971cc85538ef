using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Building a device stack and starting it.</summary>
internal sealed partial class PnpManager
{
    /// <summary>Loads the drivers of a device and calls their AddDevice in the order of U-2.25.</summary>
    /// <returns>The first failure of a driver, or success.</returns>
    public GuestTask<NtStatus> BuildStack(PnpDevice device) => Serialized(() => BuildStackLocked(device));

    /// <summary>Sends START and asks what the PnP manager asks after it.</summary>
    public GuestTask<NtStatus> Start(PnpDevice device) => Serialized(() => StartLocked(device));

    private async GuestTask<NtStatus> BuildStackLocked(PnpDevice device)
    {
        SetProblem(device, DeviceProblem.None, NtStatus.Success);
        device.Failure = NtStatus.Success;
        var services = device.Identity.LowerFilters.Select(s => (Service: s, IsFunction: false));
        if (device.Identity.Service is { } function)
            services = services.Append((function, true));
        services = services.Concat(device.Identity.UpperFilters.Select(s => (s, false)));
        device.StackDrivers.Clear();
        device.BusFilters.Clear();
        device.BusFilters.AddRange(StackAbove(device.Pdo).Skip(1));
        ExtensionOf(device.Pdo).SetExtensionFlags(Memory, ExtensionOf(device.Pdo).ExtensionFlags | DeviceObjectExtensionFlags.StartPending);
        foreach (var (service, isFunction) in services.ToArray())
        {
            var (status, driver) = await DriverFor(service, device);
            if (driver is { } loaded)
            {
                device.StackDrivers.Add(loaded);
                status = await CallAddDevice(device, loaded);
            }

            // A failing filter is fatal too (Doc: "AddDevice", DRIVER_ADD_DEVICE: the PnP manager removes the stack).
            if (!status.IsSuccess)
            {
                device.Failure = status;
                if (NodeProblem(device) == DeviceProblem.None)
                    SetProblem(device, isFunction || driver is not null ? DeviceProblem.FailedAdd : DeviceProblem.DriverFailedLoad, status);
                await SendRemove(device);
                await AttemptUnloads(device);
                return status;
            }
        }

        device.IsAdded = true;
        SetState(device, NodeState.DriversAdded);
        if (device.AssignedResources.Count > 0)
            await Arbitrate(device);
        return NtStatus.Success;
    }

    private async GuestTask<NtStatus> StartLocked(PnpDevice device)
    {
        await QueryCapabilities(device.Pdo);
        var status = await SendStart(device);
        if (!status.IsSuccess)
        {
            // U-5.40: REMOVE only, code 10.
            device.Failure = status;
            SetProblem(device, DeviceProblem.FailedStart, status);
            await SendRemove(device);
            await AttemptUnloads(device);
            return status;
        }

        foreach (var member in StackAbove(device.Pdo))
        {
            var extension = ExtensionOf(member);
            extension.SetExtensionFlags(Memory, extension.ExtensionFlags & ~DeviceObjectExtensionFlags.StartPending);
        }

        device.IsStarted = true;
        SetState(device, NodeState.StartPostWork);
        SetState(device, NodeState.Started);
        QueueInstanceChange(device, InstanceChange.Started);
        await QueryState(device);
        if (device.IsStarted)
            await EnumerateLocked(device);
        return NtStatus.Success;
    }

    /// <summary>A PnP request without parameters to the top of a device's stack, or to the volume that is mounted on it.</summary>
    public async GuestTask<(NtStatus Status, ulong Information)> SendPnp(PnpDevice device, PnpMinor minor, Action<IoStackLocation>? setup = null)
    {
        NoteOnVolumes(device, minor);
        var result = await _kernel.Io.SendSynchronous(TargetOf(device, minor), NtStatus.NotSupported, location =>
        {
            location.SetMajorFunction(Memory, IrpMajor.Pnp);
            location.SetMinorFunction(Memory, (byte)minor);
            setup?.Invoke(location);
        });
        if (minor == PnpMinor.QueryRemoveDevice && !result.Status.IsSuccess)
            NoteOnVolumes(device, PnpMinor.CancelRemoveDevice);
        return result;
    }

    private async GuestTask<NtStatus> SendStart(PnpDevice device)
    {
        SetState(device, NodeState.StartPending);
        var (status, _) = await SendPnp(device, PnpMinor.StartDevice, location =>
        {
            location.SetStartAllocatedResources(Memory, device.Resources.Raw);
            location.SetStartAllocatedResourcesTranslated(Memory, device.Resources.Translated);
        });
        new DeviceNode(Memory, device.Node).SetCompletionStatus(Memory, status);
        SetState(device, NodeState.StartCompletion);
        return status;
    }

    /// <summary>The loaded driver of a service; loads it when it is not.</summary>
    private async GuestTask<(NtStatus Status, DriverObject? Driver)> DriverFor(string service, PnpDevice device)
    {
        var key = IoManager.ServicesKey + "\\" + service;
        if (_kernel.Io.FindDriver(key) is { } loaded)
            return (NtStatus.Success, loaded);
        var (status, driver) = await _kernel.Io.LoadDriver(key);
        if (driver is not null)
            return (status, driver);
        if (status == NtStatus.ImageAlreadyLoaded)
        {
            // U-3.84: the image of an earlier instance is still in memory.
            status = NtStatus.DriverFailedPriorUnload;
            var node = new DeviceNode(Memory, device.Node);
            node.SetRequiresUnloadedDriver(Memory, true);
            node.SetDriverUnloadRetryCount(Memory, node.DriverUnloadRetryCount + 1);
            SetProblem(device, DeviceProblem.DriverFailedPriorUnload, status);
        }
        else
        {
            // U-5.60: 37 when DriverEntry failed, 39 when the image could not be loaded at all.
            SetProblem(device, _kernel.Io.LastLoadRanEntry ? DeviceProblem.FailedDriverEntry : DeviceProblem.DriverFailedLoad, status);
        }

        return (status, null);
    }

    private async GuestTask<NtStatus> CallAddDevice(PnpDevice device, DriverObject driver)
    {
        var addDevice = driver.DriverExtension?.AddDevice ?? VirtualAddress.Null;
        if (addDevice.IsNull)
            return NtStatus.InvalidDeviceRequest;
        var result = await _kernel.CallDriver(
            DriverCallKind.AddDevice, driver.Address, _kernel.CurrentThread, addDevice, driver.Address.Value, device.Pdo.Address.Value);
        return new NtStatus((int)result);
    }

    /// <summary>Whether a device can only be ejected while the system sleeps (Doc: DEVICE_CAPABILITIES, EjectSupported and WarmEjectSupported).</summary>
    private async GuestTask<bool> IsEjectedAsleep(PnpDevice device) => (await QueryCapabilities(device.Pdo)).IsWarmEject;

    /// <summary>Asks a stack what the device can do (Doc: IRP_MN_QUERY_CAPABILITIES).</summary>
    private async GuestTask<(bool HasUniqueId, bool RawDeviceOk, bool IsWarmEject)> QueryCapabilities(DeviceObject pdo)
    {
        var bytes = DeviceCapabilities.SizeOf(Memory.Layout);
        var address = _kernel.Ex.NonPagedPool.Allocate((ulong)bytes, PoolTags.Pnp, null);
        var capabilities = new DeviceCapabilities(Memory, address);
        capabilities.SetSize(Memory, (ushort)bytes);
        capabilities.SetVersion(Memory, 1);
        capabilities.SetDeviceAddress(Memory, uint.MaxValue);
        capabilities.SetUINumber(Memory, uint.MaxValue);
        var (status, _) = await _kernel.Io.SendSynchronous(TopOf(pdo), NtStatus.NotSupported, location =>
        {
            location.SetMajorFunction(Memory, IrpMajor.Pnp);
            location.SetMinorFunction(Memory, (byte)PnpMinor.QueryCapabilities);
            location.SetDeviceCapabilities(Memory, capabilities);
        });
        var answer = status.IsSuccess
            ? (capabilities.UniqueID != 0, capabilities.RawDeviceOK != 0, capabilities is { EjectSupported: 0, WarmEjectSupported: not 0 })
            : (false, false, false);
        _kernel.Ex.NonPagedPool.Free(address);
        return answer;
    }
}

using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>Applications: opens, requests, closes, their end.</summary>
internal sealed partial class LabMachine
{
    /// <param name="service">The name of the service that the process is; null for an application.</param>
    public LabApplication StartApplication(string name, string? service = null)
    {
        var process = Kernel.Ps.CreateProcess(name);
        var application = new LabApplication(name, process, new EProcess(Kernel.Memory, process).UniqueProcessId.Value) { Service = service };
        _applications.Add(application);
        return application;
    }

    /// <summary>Opens a device by its path in the object namespace, for overlapped I/O.</summary>
    /// <returns>Null when the open failed.</returns>
    public LabHandle? Open(LabApplication application, string path)
    {
        LabHandle? handle = null;
        Step(StimulusKind.OpenDevice, path, thread => InContext(thread, application, async () =>
        {
            (var status, handle) = await Open(application, path, 0);
            return status;
        }));
        return handle;
    }

    /// <summary>The interface of a class that a device has enabled, in the form that applications open; null when there is none.</summary>
    public string? FindInterface(PnpDevice device, Guid? classGuid = null) =>
        Kernel.Pnp.Interfaces.FirstOrDefault(i =>
            i.IsEnabled && i.InstancePath.Equals(device.Identity.InstancePath, StringComparison.OrdinalIgnoreCase) && (classGuid is null || i.Class == classGuid))?.Name;

    /// <summary>Sends a read and does not wait for it.</summary>
    public void StartRead(LabHandle handle, uint byteCount) =>
        Step(StimulusKind.ReadFile, handle.Path, thread => InContext(thread, handle.Application, async () =>
        {
            var result = await Kernel.Io.Read(handle.Application.Process, handle.Value, byteCount, offset: 0);
            if (result.Pending is { } pending)
                handle.Requests.Add(pending);
            return result.Status;
        }));

    /// <summary>Sends a write and does not wait for it.</summary>
    public void StartWrite(LabHandle handle, ReadOnlyMemory<byte> data) =>
        Step(StimulusKind.WriteFile, handle.Path, thread => InContext(thread, handle.Application, async () =>
        {
            var result = await Kernel.Io.Write(handle.Application.Process, handle.Value, data);
            if (result.Pending is { } pending)
                handle.Requests.Add(pending);
            return result.Status;
        }));

    /// <summary>Cancels all requests of a handle, as CancelIoEx does.</summary>
    /// <returns>How many had a cancel routine.</returns>
    public int Cancel(LabHandle handle)
    {
        var cancelled = 0;
        Step(StimulusKind.CancelRequests, handle.Path, thread => InContext(thread, handle.Application, async () =>
        {
            cancelled = await CancelInContext(handle);
            return NtStatus.Success;
        }));
        return cancelled;
    }

    /// <summary>Gives another process a handle to the same file object (U-9.17).</summary>
    public LabHandle? Duplicate(LabHandle handle, LabApplication target)
    {
        LabHandle? copy = null;
        Step(StimulusKind.DuplicateHandle, $"{handle.Path} into {target.Name}", _ =>
        {
            if (Kernel.Ob.FindHandle(handle.Application.Process, handle.Value) is not { } open)
                return GuestTask.FromResult(NtStatus.InvalidHandle);
            copy = new LabHandle(target, handle.Path, Kernel.Ob.CreateHandle(target.Process, open.Body, open.GrantedAccess, kernelHandle: false));
            target.Handles.Add(copy);
            return GuestTask.FromResult(NtStatus.Success);
        });
        return copy;
    }

    public void Close(LabHandle handle)
    {
        if (handle.IsClosed)
            return;
        handle.IsClosed = true;
        Step(StimulusKind.CloseHandle, handle.Path, thread =>
            InContext(thread, handle.Application, () => Kernel.Ob.CloseHandle(handle.Application.Process, handle.Value)));
    }

    /// <summary>Ends a process with what it has open: its requests are cancelled, its handles closed, its registrations forgotten.</summary>
    public void EndProcess(LabApplication application)
    {
        if (application.HasEnded)
            return;
        Step(StimulusKind.ProcessExit, application.Name, async _ =>
        {
            application.HasEnded = true;
            await Notifications.ForgetProcess(application);
            foreach (var handle in application.Handles)
                handle.IsClosed = true;
            await Kernel.Ps.ExitProcess(application.Process, NtStatus.Success);
            return NtStatus.Success;
        });
    }

    /// <summary>Every application lets go of what it has open and behaves from now on; one that hangs in a callback has to be ended.</summary>
    public void CloseAll()
    {
        foreach (var hanging in _applications.Where(a => !a.HasEnded && Notifications.IsInCallback(a)).ToArray())
            EndProcess(hanging);
        foreach (var application in _applications)
            application.Behaviour = ClientBehaviour.ClosesOnQueryRemove;
        foreach (var handle in _applications.SelectMany(a => a.Handles).ToArray())
            Close(handle);
    }

    /// <summary>Asks to be told of the removal of the device behind a handle (U-9.11).</summary>
    /// <returns>Null when the stack has no answer to which device it is.</returns>
    public ClientRegistration? Register(LabHandle handle, NotificationApi api)
    {
        ClientRegistration? registration = null;
        Step(StimulusKind.RegisterNotification, handle.Path, thread => InContext(thread, handle.Application, async () =>
        {
            registration = await Notifications.RegisterHandle(handle, api);
            return registration is null ? NtStatus.InvalidDeviceRequest : NtStatus.Success;
        }));
        return registration;
    }

    /// <summary>Opens on the running thread, which is in the application's process.</summary>
    internal async GuestTask<(NtStatus Status, LabHandle? Handle)> Open(LabApplication application, string path, uint options)
    {
        var result = await Kernel.Io.Open(new OpenRequest { Path = path, Process = application.Process, UserMode = true, Options = options });
        if (!result.Status.IsSuccess)
            return (result.Status, null);
        var handle = new LabHandle(application, path, result.Handle);
        application.Handles.Add(handle);
        return (result.Status, handle);
    }

    /// <summary>An open that a client's callback makes.</summary>
    internal async GuestTask OpenInContext(LabApplication application, string path)
    {
        var record = Kernel.Record(new StimulusRecord(StimulusKind.OpenDevice, path));
        (record.Status, _) = await Open(application, path, 0);
    }

    /// <summary>A close that a client's callback makes, after it has cancelled what is pending (U-9.16).</summary>
    internal async GuestTask CloseInContext(LabHandle handle)
    {
        if (handle.IsClosed)
            return;
        handle.IsClosed = true;
        await CancelInContext(handle);
        var record = Kernel.Record(new StimulusRecord(StimulusKind.CloseHandle, handle.Path));
        record.Status = await Kernel.Ob.CloseHandle(handle.Application.Process, handle.Value);
    }

    /// <summary>Runs work in the process of an application.</summary>
    internal static async GuestTask<T> InContext<T>(KernelThread thread, LabApplication application, Func<GuestTask<T>> work)
    {
        var before = thread.Process;
        thread.Process = application.Process;
        try
        {
            return await work();
        }
        finally
        {
            thread.Process = before;
        }
    }

    private async GuestTask<int> CancelInContext(LabHandle handle)
    {
        var cancelled = 0;
        foreach (var request in handle.Requests)
        {
            if (!Kernel.Io.IsComplete(request) && await Kernel.Io.Cancel(request))
                cancelled++;
        }

        handle.Requests.Clear();
        return cancelled;
    }
}

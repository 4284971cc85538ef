using LastRef.Kernel;

namespace LastRef.Lab;

/// <summary>Applications: opens, requests, closes.</summary>
internal sealed partial class LabMachine
{
    public LabApplication StartApplication(string name)
    {
        var application = new LabApplication(name, Kernel.Ps.CreateProcess(name));
        _applications.Add(application);
        return application;
    }

    /// <summary>Opens a device by its path in the object namespace.</summary>
    /// <returns>Null when the open failed.</returns>
    public LabHandle? Open(LabApplication application, string path)
    {
        LabHandle? handle = null;
        Step(StimulusKind.OpenDevice, path, async thread =>
        {
            var result = await InContext(thread, application, () => Kernel.Io.Open(new OpenRequest
            {
                Path = path,
                Process = application.Process,
                UserMode = true,
                Options = 0,
            }));
            if (result.Status.IsSuccess)
                application.Handles.Add(handle = new LabHandle(application, path, result.Handle));
            return result.Status;
        });
        return handle;
    }

    /// <summary>Sends a read and does not wait for it.</summary>
    public void StartRead(LabHandle handle, uint byteCount) =>
        Step(StimulusKind.ReadFile, handle.Path, async thread =>
        {
            var result = await InContext(
                thread, handle.Application, () => Kernel.Io.Read(handle.Application.Process, handle.Value, byteCount, offset: 0));
            return result.Status;
        });

    public void Close(LabHandle handle)
    {
        if (handle.IsClosed)
            return;
        handle.IsClosed = true;
        Step(StimulusKind.CloseHandle, handle.Path, thread =>
            InContext(thread, handle.Application, () => Kernel.Ob.CloseHandle(handle.Application.Process, handle.Value)));
    }

    /// <summary>Every application lets go of what it has open.</summary>
    public void CloseAll()
    {
        foreach (var handle in _applications.SelectMany(a => a.Handles).ToArray())
            Close(handle);
    }

    /// <summary>Runs work in the process of an application.</summary>
    private static async GuestTask<T> InContext<T>(KernelThread thread, LabApplication application, Func<GuestTask<T>> work)
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
}

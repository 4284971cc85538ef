using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>Requests that a profile has applications send.</summary>
internal sealed partial class LabMachine
{
    /// <summary>Sends a request and does not wait for it.</summary>
    public void Send(LabHandle handle, ProfileRequest request)
    {
        var (kind, subject) = request.Kind switch
        {
            ProfileRequestKind.Read => (StimulusKind.ReadFile, handle.Path),
            ProfileRequestKind.Write => (StimulusKind.WriteFile, handle.Path),
            _ => (StimulusKind.DeviceControl, $"0x{request.Code:X} to {handle.Path}"),
        };
        Step(kind, subject, async thread => (await InContext(thread, handle.Application, () => Send(handle.Application.Process, handle.Value, request))).Status);
    }

    private GuestTask<IoResult> Send(VirtualAddress process, HandleValue handle, ProfileRequest request) => request.Kind switch
    {
        ProfileRequestKind.Read => Kernel.Io.Read(process, handle, request.OutputBytes, request.Offset),
        ProfileRequestKind.Write => Kernel.Io.Write(process, handle, request.Input, request.Offset),
        _ => Kernel.Io.DeviceControl(process, handle, request.Code, request.Input, request.OutputBytes),
    };
}

using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>An application of a test: a process whose system calls are made on a thread of the test.</summary>
internal sealed class TestApplication(KernelTest test)
{
    public VirtualAddress Process { get; } = test.Kernel.Ps.CreateProcess("app.exe");

    public OpenResult Open(string path, bool synchronous = true) => test.Run(_ => test.Kernel.Io.Open(new OpenRequest
    {
        Path = path, Process = Process, UserMode = true, Options = synchronous ? OpenRequest.SynchronousIo : 0,
    }));

    /// <summary>Opens and expects it to succeed.</summary>
    public HandleValue OpenDevice(string name, bool synchronous = true)
    {
        var result = Open(@"\Device\" + name, synchronous);
        Assert.Equal(NtStatus.Success, result.Status);
        return result.Handle;
    }

    public NtStatus Close(HandleValue handle)
    {
        var status = test.Run(_ => test.Kernel.Ob.CloseHandle(Process, handle));
        test.RunUntilIdle();
        return status;
    }

    public IoResult Control(HandleValue handle, uint code, byte[] input, uint outputBytes) =>
        test.Run(_ => test.Kernel.Io.DeviceControl(Process, handle, code, input, outputBytes));
}

using LastRef.Kernel;
using LastRef.Lab;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>A device with a stack of the lab's own drivers alone, and an application that uses it.</summary>
internal sealed class LabStack : IDisposable
{
    private readonly VirtualAddress _process;

    public LabStack(DeviceProfile profile)
    {
        Test = KernelTest.Boot();
        LabDrivers.Install(Test.Kernel, StackPlan.Names(profile));
        _process = Test.Kernel.Ps.CreateProcess("app.exe");
        Device = Test.Run(_ => Test.Kernel.Pnp.Arrive(new DeviceIdentity
        {
            InstancePath = profile.DeviceId + @"\0",
            HardwareIds = profile.HardwareIds,
            Service = profile.Function,
            LowerFilters = profile.Filters.Lower,
            UpperFilters = profile.Filters.Upper,
            Hardware = LabDrivers.HardwareOf(Test.Kernel, profile),
        }));
        Test.Run(async _ =>
        {
            Assert.Equal(NtStatus.Success, await Test.Kernel.Pnp.BuildStack(Device));
            Assert.Equal(NtStatus.Success, await Test.Kernel.Pnp.Start(Device));
        });
        Test.RunUntilIdle();
    }

    public KernelTest Test { get; }

    public PnpDevice Device { get; }

    public void Dispose() => Test.Dispose();

    public HandleValue Open(PnpDevice? device = null)
    {
        var result = InApplication(() => Test.Kernel.Io.Open(new OpenRequest
        {
            Path = Test.Kernel.Ob.NameOf((device ?? Device).Pdo.Address)!, Process = _process, UserMode = true, Options = 0,
        }));
        Assert.Equal(NtStatus.Success, result.Status);
        return result.Handle;
    }

    public IoResult Control(HandleValue handle, uint code, byte[]? input = null, uint output = 0) =>
        InApplication(() => Test.Kernel.Io.DeviceControl(_process, handle, code, input ?? [], output));

    public IoResult Read(HandleValue handle, uint bytes, long offset = 0) => InApplication(() => Test.Kernel.Io.Read(_process, handle, bytes, offset));

    public IoResult Write(HandleValue handle, byte[] data, long offset = 0) => InApplication(() => Test.Kernel.Io.Write(_process, handle, data, offset));

    /// <summary>A driver's request to the top of the stack, with the answer in its own buffer (METHOD_NEITHER).</summary>
    public (NtStatus Status, ulong Information) Internal(uint code, VirtualAddress buffer, uint bytes) => Test.Run(_ => Test.Kernel.Io.SendSynchronous(
        PnpManager.TopOf(Device.Pdo), NtStatus.NotSupported,
        location =>
        {
            location.SetMajorFunction(Test.Memory, IrpMajor.InternalDeviceControl);
            location.SetIoControlCode(Test.Memory, code);
            location.SetOutputBufferLength(Test.Memory, bytes);
        },
        prepare: irp => irp.SetUserBuffer(Test.Memory, buffer)));

    public void Close(HandleValue handle)
    {
        Assert.Equal(NtStatus.Success, InApplication(() => Test.Kernel.Ob.CloseHandle(_process, handle)));
        Test.RunUntilIdle();
    }

    public void PullOut()
    {
        Test.Run(async _ =>
        {
            Test.Kernel.Pnp.Bus.Unplug(Device.Pdo);
            await Test.Kernel.Pnp.SurpriseRemove(Device);
        });
        Test.RunUntilIdle();
    }

    private T InApplication<T>(Func<GuestTask<T>> work) => Test.Run(async thread =>
    {
        var before = thread.Process;
        thread.Process = _process;
        var result = await work();
        thread.Process = before;
        return result;
    });
}

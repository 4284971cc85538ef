using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Completion, cancellation and start of requests where two things happen at once.</summary>
public sealed class RequestEdgeTests
{
    private const ulong MoreProcessing = 0xC000_0016;

    [Fact]
    public void A_routine_that_asks_for_more_processing_keeps_the_request_until_it_is_completed_again()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        var calls = new List<string>();
        var lower = test.Routine(_ =>
        {
            calls.Add("lower");
            return GuestTask.FromResult(MoreProcessing);
        });
        var sender = test.Routine(_ =>
        {
            calls.Add("sender");
            return GuestTask.FromResult(MoreProcessing);
        });
        test.Run(async _ =>
        {
            var irp = Allocate(test, 2);
            SetCompletion(test, test.Kernel.Io.NextLocation(irp), sender, Always);
            Enter(test, irp);
            SetCompletion(test, test.Kernel.Io.NextLocation(irp), lower, Always);
            test.Kernel.Io.NextLocation(irp).SetMajorFunction(test.Memory, IrpMajor.Read);
            await test.Call("IofCallDriver", device.Address.Value, irp.Address.Value);
            Assert.Equal(["lower"], calls);
            await test.Call("IofCompleteRequest", irp.Address.Value, 0);
            Assert.Equal(["lower", "sender"], calls);
            await test.Call("IoFreeIrp", irp.Address.Value);
        });
    }

    [Theory]
    [InlineData(StackLocationControl.InvokeOnSuccess, 0u, false, true)]
    [InlineData(StackLocationControl.InvokeOnSuccess, 0xC0000001u, false, false)]
    [InlineData(StackLocationControl.InvokeOnError, 0xC0000001u, false, true)]
    [InlineData(StackLocationControl.InvokeOnError, 0u, false, false)]
    [InlineData(StackLocationControl.InvokeOnCancel, 0xC0000001u, false, false)]
    [InlineData(StackLocationControl.InvokeOnCancel, 0xC0000120u, true, true)]
    public void A_completion_routine_runs_for_the_endings_that_it_was_set_for(StackLocationControl control, uint status, bool cancelled, bool isCalled)
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "driver");
        var device = driver.CreateDevice("Device");
        driver.Dispatch = (irp, _) =>
        {
            irp.SetCancel(test.Memory, cancelled);
            return driver.Complete(irp, NtStatus.FromCode(status));
        };
        var called = false;
        var routine = test.Routine(_ =>
        {
            called = true;
            return GuestTask.FromResult(0UL);
        });
        test.Run(async _ =>
        {
            var irp = Allocate(test, 2);
            SetCompletion(test, test.Kernel.Io.NextLocation(irp), test.Routine(_ => GuestTask.FromResult(MoreProcessing)), Always);
            Enter(test, irp);
            SetCompletion(test, test.Kernel.Io.NextLocation(irp), routine, control);
            test.Kernel.Io.NextLocation(irp).SetMajorFunction(test.Memory, IrpMajor.Read);
            await test.Call("IofCallDriver", device.Address.Value, irp.Address.Value);
            await test.Call("IoFreeIrp", irp.Address.Value);
        });
        Assert.Equal(isCalled, called);
    }

    [Fact]
    public void A_request_cancelled_before_its_cancel_routine_is_set_is_only_marked_and_its_driver_sees_the_mark()
    {
        using var test = KernelTest.Boot();
        var cancelled = false;
        var cancel = test.Routine(_ =>
        {
            cancelled = true;
            return GuestTask.FromResult(0UL);
        });
        test.Run(async _ =>
        {
            var irp = Allocate(test, 1);
            Assert.Equal(0UL, (byte)await test.Call("IoCancelIrp", irp.Address.Value));

            // What a driver does then: sets its routine, sees the mark, and takes the routine back before anybody else did.
            irp.SetCancelRoutine(test.Memory, cancel);
            Assert.True((bool)irp.Cancel);
            Assert.Equal(cancel, irp.CancelRoutine);
            irp.SetCancelRoutine(test.Memory, VirtualAddress.Null);
            Assert.Equal(0UL, (byte)await test.Call("IoCancelIrp", irp.Address.Value));
            await test.Call("IoFreeIrp", irp.Address.Value);
        });
        Assert.False(cancelled);
    }

    [Fact]
    public void Cancelling_takes_the_routine_so_that_it_runs_once_whoever_cancels_again()
    {
        using var test = KernelTest.Boot();
        var calls = 0;
        var cancel = test.Routine(async arguments =>
        {
            calls++;
            var irp = new Irp(test.Memory, new VirtualAddress(arguments[1]));
            Assert.True(irp.CancelRoutine.IsNull);
            await test.Call("IoReleaseCancelSpinLock", (ulong)irp.CancelIrql);
            Assert.Equal(0UL, (byte)await test.Call("IoCancelIrp", irp.Address.Value));
            return 0;
        });
        test.Run(async _ =>
        {
            var irp = Allocate(test, 1);
            Enter(test, irp);
            irp.SetCancelRoutine(test.Memory, cancel);
            Assert.Equal(1UL, (byte)await test.Call("IoCancelIrp", irp.Address.Value));
            await test.Call("IoFreeIrp", irp.Address.Value);
        });
        Assert.Equal(1, calls);
    }

    [Fact]
    [Trait("Spec", "U-3.64a")]
    public void A_deleted_device_with_one_above_still_gets_requests_and_a_freed_one_does_not()
    {
        using var test = KernelTest.Boot();
        var (lowerDriver, upperDriver) = (TestDriver.Load(test, "lower"), TestDriver.Load(test, "upper"));
        var (lower, upper) = (lowerDriver.CreateDevice("Lower"), upperDriver.CreateDevice(null));
        test.CallNow("IoAttachDeviceToDeviceStack", upper.Address.Value, lower.Address.Value);
        test.CallNow("IoDeleteDevice", lower.Address.Value);
        Assert.Equal(NtStatus.Success, Send(test, lower));
        Assert.Contains("Read", lowerDriver.Log);
        test.CallNow("IoDetachDevice", lower.Address.Value);
        test.RunUntilIdle();
        var irp = Allocate(test, 2);
        var stop = test.RunToStop(async _ => await test.Call("IofCallDriver", lower.Address.Value, irp.Address.Value));
        Assert.IsType<MachineStop.BugCheck>(stop);
    }

    [Fact]
    [Trait("Spec", "U-6.58")]
    public void A_device_without_messages_gets_the_fallback_routine_on_its_line()
    {
        using var test = KernelTest.Boot();
        var calls = 0;
        var routine = test.Routine(_ =>
        {
            calls++;
            return GuestTask.FromResult(1UL);
        });
        var (parameters, result) = (test.Allocate(0x48), test.Allocate(8));
        test.Memory.WriteUInt32(parameters, 3);
        test.Memory.WritePointer(parameters + 0x10, result);
        test.Memory.WritePointer(parameters + 0x38, routine);
        Assert.Equal(NtStatus.Success, test.Status("IoConnectInterruptEx", parameters.Value));
        Assert.Equal(2u, test.Memory.ReadUInt32(parameters));
        Assert.True(test.Run(_ => test.Kernel.Io.RaiseInterrupt(Assert.Single(test.Kernel.Io.Interrupts))));
        Assert.Equal(1, calls);
        test.Memory.WritePointer(parameters + 8, test.Memory.ReadPointer(result));
        test.CallNow("IoDisconnectInterruptEx", parameters.Value);
        Assert.Empty(test.Kernel.Io.Interrupts);
    }

    private const StackLocationControl Always =
        StackLocationControl.InvokeOnSuccess | StackLocationControl.InvokeOnError | StackLocationControl.InvokeOnCancel;

    private static Irp Allocate(KernelTest test, int locations) => test.Kernel.Io.AllocateIrp((sbyte)locations);

    /// <summary>The top location belongs to the sender itself.</summary>
    private static void Enter(KernelTest test, Irp irp)
    {
        var top = test.Kernel.Io.NextLocation(irp);
        irp.SetCurrentLocation(test.Memory, (sbyte)(irp.CurrentLocation - 1));
        irp.SetCurrentStackLocation(test.Memory, top);
    }

    private static void SetCompletion(KernelTest test, IoStackLocation location, VirtualAddress routine, StackLocationControl control)
    {
        location.SetCompletionRoutine(test.Memory, routine);
        location.SetControl(test.Memory, control);
    }

    private static NtStatus Send(KernelTest test, DeviceObject device) => test.Run(async _ =>
    {
        var irp = Allocate(test, 1);
        var location = test.Kernel.Io.NextLocation(irp);
        location.SetMajorFunction(test.Memory, IrpMajor.Read);
        SetCompletion(test, location, test.Routine(_ => GuestTask.FromResult(MoreProcessing)), Always);
        var status = new NtStatus((int)await test.Call("IofCallDriver", device.Address.Value, irp.Address.Value));
        test.Kernel.Io.FreeIrp(irp);
        return status;
    });
}

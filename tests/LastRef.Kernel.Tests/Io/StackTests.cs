using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class StackTests
{
    [Fact]
    [Trait("Spec", "T-42")]
    public void An_attachment_is_no_open()
    {
        using var test = KernelTest.Boot();
        var (lower, upper) = Stack(test);
        Assert.Equal(0, lower.ReferenceCount);
        Assert.Equal(upper, lower.AttachedDevice);
        Assert.Equal(lower, upper.DeviceObjectExtension!.Value.AttachedTo);
        Assert.Equal(2, upper.StackSize);
        Assert.Equal(2, test.PointerCount(lower.Address));
        Assert.Contains(
            test.Kernel.Trace.Of<ReferenceRecord>(),
            r => r is { Counter: ReferenceCounter.Attachment, Old: 0, New: 1 } && r.Object == lower.Address && r.Holder == upper.Address);
    }

    [Theory]
    [Trait("Spec", "T-32")]
    [InlineData(DeviceObjectExtensionFlags.UnloadPending, DeviceFlags.None)]
    [InlineData(DeviceObjectExtensionFlags.DeletePending, DeviceFlags.None)]
    [InlineData(DeviceObjectExtensionFlags.RemovePending, DeviceFlags.None)]
    [InlineData(DeviceObjectExtensionFlags.RemoveProcessed, DeviceFlags.None)]
    [InlineData(DeviceObjectExtensionFlags.None, DeviceFlags.DeviceInitializing)]
    public void Nothing_attaches_to_a_device_that_leaves_or_is_not_ready(DeviceObjectExtensionFlags pending, DeviceFlags flags)
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "both");
        var (lower, upper) = (driver.CreateDevice("Lower", flags), driver.CreateDevice(null));
        lower.SetFlags(test.Memory, lower.Flags | flags);
        lower.DeviceObjectExtension!.Value.SetExtensionFlags(test.Memory, pending);
        Assert.Equal(0UL, test.CallNow("IoAttachDeviceToDeviceStack", upper.Address.Value, lower.Address.Value));
        var attachedTo = test.Allocate(8);
        Assert.Equal(
            NtStatus.NoSuchDevice, test.Status("IoAttachDeviceToDeviceStackSafe", upper.Address.Value, lower.Address.Value, attachedTo.Value));
        Assert.Null(lower.AttachedDevice);
        Assert.Equal(VirtualAddress.Null, test.Memory.ReadPointer(attachedTo));
    }

    [Fact]
    [Trait("Spec", "T-29")]
    [Trait("Spec", "T-30")]
    public void The_lower_device_can_still_be_found_while_it_is_about_to_unload()
    {
        using var test = KernelTest.Boot();
        var (lower, upper) = Stack(test);
        lower.DeviceObjectExtension!.Value.SetExtensionFlags(test.Memory, DeviceObjectExtensionFlags.UnloadPending);
        Assert.Equal(lower.Address.Value, test.CallNow("IoGetLowerDeviceObject", upper.Address.Value));
        Assert.Equal(3, test.PointerCount(lower.Address));
        Assert.Equal(lower.Address.Value, test.CallNow("IoGetDeviceAttachmentBaseRef", upper.Address.Value));
        Assert.Equal(4, test.PointerCount(lower.Address));
        Assert.Equal(0UL, test.CallNow("IoGetLowerDeviceObject", lower.Address.Value));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_request_sent_down_synchronously_comes_back_to_its_driver_uncompleted(bool pends)
    {
        using var test = KernelTest.Boot();
        var (below, above) = (TestDriver.Load(test, "below"), TestDriver.Load(test, "above"));
        var (lower, upper) = (below.CreateDevice("Lower"), above.CreateDevice(null));
        test.CallNow("IoAttachDeviceToDeviceStack", upper.Address.Value, lower.Address.Value);
        below.Dispatch = (irp, location) =>
        {
            if (!pends || location.MajorFunction != IrpMajor.DeviceControl)
                return below.Complete(irp, NtStatus.Success, 7);
            test.Kernel.Ps.CreateSystemThread("completer", 10, async _ => await below.Complete(irp, NtStatus.Success, 7));
            return GuestTask.FromResult(below.Pend(location));
        };
        var returned = new List<(bool Sent, ulong Information)>();
        above.Dispatch = async (irp, location) =>
        {
            if (location.MajorFunction != IrpMajor.DeviceControl)
                return await above.Complete(irp, NtStatus.Success);
            var sent = (byte)await test.Call("IoForwardIrpSynchronously", lower.Address.Value, irp.Address.Value) != 0;
            returned.Add((sent, irp.IoStatus.Information));
            return await above.Complete(irp, NtStatus.Cancelled, 3);
        };
        var application = new TestApplication(test);
        var handle = application.OpenDevice("Lower");
        Assert.Equal(NtStatus.Cancelled, application.Control(handle, 0x22_2000, [], 0).Status);
        Assert.Equal([(true, 7UL)], returned);
    }

    [Fact]
    [Trait("Spec", "T-63")]
    public void The_top_of_a_stack_is_given_with_a_pointer_reference_and_no_open()
    {
        using var test = KernelTest.Boot();
        var (lower, upper) = Stack(test);
        Assert.Equal(upper.Address.Value, test.CallNow("IoGetAttachedDevice", lower.Address.Value));
        Assert.Equal(1, test.PointerCount(upper.Address));
        Assert.Equal(upper.Address.Value, test.CallNow("IoGetAttachedDeviceReference", lower.Address.Value));
        Assert.Equal(2, test.PointerCount(upper.Address));
        Assert.Equal(0, upper.ReferenceCount);
        Assert.Equal(0, lower.ReferenceCount);
    }

    [Fact]
    [Trait("Spec", "U-6.10")]
    public void Enumerating_a_driver_references_every_device_that_fits()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "both");
        var devices = new[] { driver.CreateDevice(null), driver.CreateDevice(null) };
        var (list, count) = (test.Allocate(16), test.Allocate(4));
        Assert.Equal(
            NtStatus.BufferTooSmall, test.Status("IoEnumerateDeviceObjectList", driver.Object.Address.Value, list.Value, 8, count.Value));
        Assert.Equal(2u, test.Memory.ReadUInt32(count));
        Assert.Equal(NtStatus.Success, test.Status("IoEnumerateDeviceObjectList", driver.Object.Address.Value, list.Value, 16, count.Value));
        Assert.Equal(devices[1].Address, test.Memory.ReadPointer(list));
        Assert.Equal(3, test.PointerCount(devices[1].Address));
        Assert.Equal(2, test.PointerCount(devices[0].Address));
    }

    [Fact]
    public void Detaching_where_nothing_is_attached_is_bug_check_C9()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "both");
        var device = driver.CreateDevice(null);
        Assert.Equal(0xC9u, test.RunToBugCheck(async _ => await test.Call("IoDetachDevice", device.Address.Value)).Code);
    }

    private static (DeviceObject Lower, DeviceObject Upper) Stack(KernelTest test)
    {
        var lower = TestDriver.Load(test, "lower").CreateDevice("Lower");
        var upper = TestDriver.Load(test, "upper").CreateDevice(null);
        Assert.Equal(lower.Address.Value, test.CallNow("IoAttachDeviceToDeviceStack", upper.Address.Value, lower.Address.Value));
        return (lower, upper);
    }
}

using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class DeviceTests
{
    private const ulong Unknown = 0x22;

    [Theory]
    [Trait("Spec", "T-09")]
    [Trait("Spec", "T-10")]
    [InlineData(true, 0xC8u)]
    [InlineData(false, 0xC0u)]
    public void A_new_named_device_has_no_opens_and_exactly_these_flags(bool exclusive, uint flags)
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "device");
        var result = test.Allocate(8);
        var status = test.Status(
            "IoCreateDevice", driver.Object.Address.Value, 0x10, test.Text(@"\Device\Fresh"), Unknown, 0, exclusive ? 1UL : 0, result.Value);
        Assert.Equal(NtStatus.Success, status);
        var device = new DeviceObject(test.Memory, test.Memory.ReadPointer(result));
        var extension = device.DeviceObjectExtension!.Value;
        Assert.Equal(0, device.ReferenceCount);
        Assert.Equal(flags, (uint)device.Flags);
        Assert.Equal(DeviceObjectExtensionFlags.None, device.ExtensionFlags());
        Assert.Equal(3, device.Type);
        Assert.Equal(13, extension.Type);
        Assert.Equal(0, extension.Size);
        Assert.Null(device.NextDevice);
        Assert.Null(device.AttachedDevice);
        Assert.Equal(1, device.StackSize);
        Assert.Equal(device.Address + DeviceObject.SizeOf(test.Memory.Layout), device.DeviceExtension);
        Assert.Equal(device.DeviceExtension + 0x10, extension.Address);
        Assert.Equal(device, driver.Object.DeviceObject);
    }

    [Fact]
    [Trait("Spec", "T-08")]
    public void Each_device_holds_its_driver_object_and_a_name_holds_the_device()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "device");
        Assert.Equal(2, test.PointerCount(driver.Object.Address));
        Assert.Equal(0, test.Kernel.Ob.HeaderOf(driver.Object.Address).HandleCount);
        var unnamed = driver.CreateDevice(null);
        Assert.Equal(3, test.PointerCount(driver.Object.Address));
        Assert.Equal(1, test.PointerCount(unnamed.Address));
        var named = driver.CreateDevice("Named");
        Assert.Equal(4, test.PointerCount(driver.Object.Address));
        Assert.Equal(2, test.PointerCount(named.Address));
        Assert.Equal(named, driver.Object.DeviceObject);
        Assert.Equal(unnamed, named.NextDevice);
    }

    [Fact]
    [Trait("Spec", "T-11")]
    public void A_name_in_a_directory_that_does_not_exist_makes_no_device()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "device");
        var status = test.Status(
            "IoCreateDevice", driver.Object.Address.Value, 0, test.Text(@"\NoSuchDirectory\Device"), Unknown, 0, 0, test.Allocate(8).Value);
        Assert.Equal(NtStatus.ObjectPathNotFound, status);
        Assert.Null(driver.Object.DeviceObject);
        Assert.Equal(2, test.PointerCount(driver.Object.Address));
    }

    [Fact]
    [Trait("Spec", "T-12")]
    public void A_name_that_is_taken_makes_no_device()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "device");
        var first = driver.CreateDevice("Taken");
        var status = test.Status(
            "IoCreateDevice", driver.Object.Address.Value, 0, test.Text(@"\Device\Taken"), Unknown, 0, 0, test.Allocate(8).Value);
        Assert.Equal(NtStatus.ObjectNameCollision, status);
        Assert.Equal(first, driver.Object.DeviceObject);
        Assert.Null(first.NextDevice);
    }

    [Fact]
    [Trait("Spec", "T-13")]
    public void A_deleted_device_without_opens_is_gone_at_once_and_its_name_is_free()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "device");
        for (var i = 0; i < 2; i++)
        {
            var device = driver.CreateDevice("Again");
            test.CallNow("IoDeleteDevice", device.Address.Value);
            Assert.Null(driver.Object.DeviceObject);
            Assert.Equal(2, test.PointerCount(driver.Object.Address));
        }
    }

    [Fact]
    [Trait("Spec", "T-19")]
    public void Deleting_a_device_takes_back_its_shutdown_registration()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "device");
        var device = driver.CreateDevice("Down");
        test.Status("IoRegisterShutdownNotification", device.Address.Value);
        Assert.Equal(3, test.PointerCount(device.Address));
        test.Run(_ => test.Kernel.Io.NotifyShutdown());
        Assert.Equal(["Shutdown"], driver.Log);
        test.CallNow("IoDeleteDevice", device.Address.Value);
        Assert.Null(driver.Object.DeviceObject);
        Assert.Equal(2, test.PointerCount(driver.Object.Address));
        test.Run(_ => test.Kernel.Io.NotifyShutdown());
        Assert.Equal(["Shutdown"], driver.Log);
    }

    [Fact]
    [Trait("Spec", "U-3.64")]
    public void A_deleted_device_lives_until_its_last_open_goes()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "device");
        var device = driver.CreateDevice("Open");
        var application = new TestApplication(test);
        var handle = application.OpenDevice("Open");
        test.CallNow("IoDeleteDevice", device.Address.Value);
        Assert.Equal(device, driver.Object.DeviceObject);
        Assert.Equal(DeviceObjectExtensionFlags.DeletePending, device.ExtensionFlags());
        Assert.Equal(NtStatus.ObjectNameNotFound, application.Open(@"\Device\Open").Status);
        Assert.Equal(NtStatus.Success, application.Control(handle, 0x22_2000, [], 0).Status);
        application.Close(handle);
        Assert.Null(driver.Object.DeviceObject);
        Assert.Equal(2, test.PointerCount(driver.Object.Address));
    }

    [Fact]
    [Trait("Spec", "U-3.64a")]
    public void A_deleted_device_with_another_above_lives_until_that_one_detaches()
    {
        using var test = KernelTest.Boot();
        var (lowerDriver, upperDriver) = (TestDriver.Load(test, "lower"), TestDriver.Load(test, "upper"));
        var (lower, upper) = (lowerDriver.CreateDevice("Lower"), upperDriver.CreateDevice(null));
        test.CallNow("IoAttachDeviceToDeviceStack", upper.Address.Value, lower.Address.Value);
        test.CallNow("IoDeleteDevice", lower.Address.Value);
        Assert.Equal(lower, lowerDriver.Object.DeviceObject);
        test.CallNow("IoDetachDevice", lower.Address.Value);
        Assert.Null(lowerDriver.Object.DeviceObject);
    }

    [Fact]
    [Trait("Spec", "U-3.60")]
    public void Deleting_a_device_twice_is_bug_check_C9()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "device");
        var device = driver.CreateDevice("Twice");
        test.Kernel.Ob.Reference(device.Address, ReferenceCause.ExplicitReference);
        var stop = test.RunToBugCheck(async _ =>
        {
            await test.Call("IoDeleteDevice", device.Address.Value);
            await test.Call("IoDeleteDevice", device.Address.Value);
        });
        Assert.Equal(0xC9u, stop.Code);
    }

    [Fact]
    [Trait("Spec", "U-3.65")]
    public void A_deleted_device_that_is_referenced_is_in_no_list_and_holds_its_driver_object()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "device");
        var device = driver.CreateDevice("Held");
        test.Kernel.Ob.Reference(device.Address, ReferenceCause.ExplicitReference);
        test.CallNow("IoDeleteDevice", device.Address.Value);
        Assert.Null(driver.Object.DeviceObject);
        Assert.Equal(1, test.PointerCount(device.Address));
        Assert.Equal(3, test.PointerCount(driver.Object.Address));
        test.Run(_ => test.Kernel.Ob.Dereference(device.Address, ReferenceCause.ExplicitReference));
        Assert.Equal(2, test.PointerCount(driver.Object.Address));
    }
}

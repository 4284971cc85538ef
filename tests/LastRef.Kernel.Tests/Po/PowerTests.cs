using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class PowerTests
{
    private const ulong DeviceState = 1;

    [Fact]
    public void PoSetPowerState_gives_back_what_was_noted_before()
    {
        using var test = KernelTest.Boot();
        var device = TestDriver.Load(test, "power").CreateDevice(null).Address.Value;
        Assert.Equal(0UL, test.CallNow("PoSetPowerState", device, DeviceState, 1));
        Assert.Equal(1UL, test.CallNow("PoSetPowerState", device, DeviceState, 4));
        Assert.Equal(0UL, test.CallNow("PoSetPowerState", device, 0, 5));
        Assert.Equal(4UL, test.CallNow("PoSetPowerState", device, DeviceState, 1));
    }

    [Fact]
    public void A_requested_power_irp_visits_the_stack_and_then_its_sender()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "power");
        var device = driver.CreateDevice(null);
        var seen = (PowerMinor.WaitWake, 0u, 0u);
        driver.Dispatch = (irp, location) =>
        {
            seen = ((PowerMinor)location.MinorFunction, location.PowerType, location.PowerState);
            return driver.Complete(irp, NtStatus.Success);
        };
        var completed = new List<(ulong, ulong, ulong, ulong, int)>();
        var routine = test.Routine(a =>
        {
            completed.Add((a[0], a[1] & 0xFF, a[2], a[3], (int)test.Memory.ReadUInt32(new VirtualAddress(a[4]))));
            return GuestTask.FromResult(0UL);
        });
        var before = test.PointerCount(device.Address);
        Assert.Equal(NtStatus.Pending, test.Status("PoRequestPowerIrp", device.Address.Value, 2, 4, routine.Value, 0x1234, 0));
        test.RunUntilIdle();
        Assert.Equal((PowerMinor.SetPower, 1u, 4u), seen);
        Assert.Equal([(device.Address.Value, 2UL, 4UL, 0x1234UL, 0)], completed);
        Assert.Equal(before, test.PointerCount(device.Address));
        Assert.Equal(NtStatus.InvalidParameter2, test.Status("PoRequestPowerIrp", device.Address.Value, 9, 0, 0, 0, 0));
    }

    [Fact]
    public void A_power_setting_callback_hears_the_value_of_now_and_holds_nothing()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "power");
        var values = new List<(uint, ulong, ulong)>();
        var routine = test.Routine(a =>
        {
            values.Add((test.Memory.ReadUInt32(new VirtualAddress(a[1])), a[2], a[3]));
            return GuestTask.FromResult(0UL);
        });
        var before = test.PointerCount(driver.Object.Address);
        var handle = test.Allocate(8);
        var display = InterfaceTests.GuidAt(test, new Guid("6fe69556-704a-47a0-8f24-c28d936fda47"));
        Assert.Equal(NtStatus.Success, test.Status("PoRegisterPowerSettingCallback", 0, display, routine.Value, 7, handle.Value));
        test.RunUntilIdle();
        Assert.Equal([(1u, 4UL, 7UL)], values);
        Assert.Equal(before, test.PointerCount(driver.Object.Address));
        var registration = test.Memory.ReadUInt64(handle);
        Assert.Equal(NtStatus.Success, test.Status("PoUnregisterPowerSettingCallback", registration));
        Assert.Equal(NtStatus.InvalidParameter, test.Status("PoUnregisterPowerSettingCallback", registration));
        Assert.Equal(
            [true, false], test.Kernel.Trace.Of<RegistrationRecord>().Where(r => r.Kind == RegistrationKind.PowerSetting).Select(r => r.Begin));
    }

    [Fact]
    public void Asking_to_stay_awake_leaves_the_state_of_the_device_alone()
    {
        using var test = KernelTest.Boot();
        var device = TestDriver.Load(test, "driver").CreateDevice(null);
        test.CallNow("PoSetPowerState", device.Address.Value, 1, 4);
        test.CallNow("PoSetSystemState", 1);
        Assert.Equal(4u, (uint)test.CallNow("PoSetPowerState", device.Address.Value, 1, 1));
    }

    [Fact]
    public void PoCallDriver_is_IoCallDriver()
    {
        using var test = KernelTest.Boot();
        var driver = TestDriver.Load(test, "power");
        var device = driver.CreateDevice(null);
        var irp = test.Kernel.Io.AllocateIrp(1);
        test.Kernel.Io.NextLocation(irp).SetMajorFunction(test.Memory, IrpMajor.Power);
        driver.Dispatch = (_, _) => GuestTask.FromResult(NtStatus.Pending);
        Assert.Equal(NtStatus.Pending, test.Status("PoCallDriver", device.Address.Value, irp.Address.Value));
        Assert.Contains("Power", driver.Log);
    }

    [Fact]
    public void An_idle_counter_lasts_until_both_times_are_zero()
    {
        using var test = KernelTest.Boot();
        var device = TestDriver.Load(test, "power").CreateDevice(null).Address.Value;
        var counter = test.CallNow("PoRegisterDeviceForIdleDetection", device, 10, 20, 4);
        Assert.NotNull(test.Kernel.Ex.NonPagedPool.Find(new VirtualAddress(counter)));
        Assert.Equal(0UL, test.CallNow("PoRegisterDeviceForIdleDetection", device, 0, 0, 4));
        Assert.Null(test.Kernel.Ex.NonPagedPool.Find(new VirtualAddress(counter)));
        var state = test.CallNow("PoRegisterSystemState", 0, 1);
        Assert.Equal(state, test.CallNow("PoRegisterSystemState", state, 2));
        Assert.Equal(2u, test.Memory.ReadUInt32(new VirtualAddress(state)));
        test.CallNow("PoUnregisterSystemState", state);
        Assert.Null(test.Kernel.Ex.NonPagedPool.Find(new VirtualAddress(state)));
    }

    [Fact]
    public void PoStartNextPowerIrp_changes_nothing_that_a_driver_could_see()
    {
        using var test = KernelTest.Boot();
        var irp = test.Kernel.Io.AllocateIrp(1);
        var (before, after) = (new byte[0xD0], new byte[0xD0]);
        test.Memory.Read(irp.Address, before);
        test.CallNow("PoStartNextPowerIrp", irp.Address.Value);
        test.Memory.Read(irp.Address, after);
        Assert.Equal(before, after);
    }
}

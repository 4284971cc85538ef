using LastRef.Kernel;
using LastRef.Lab;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>The lab's own drivers and devices: what they answer, and that they leave nothing behind.</summary>
public sealed class NeighbourTests
{
    private const uint SerialSetBaudRate = 0x1B_0004;
    private const uint SerialGetBaudRate = 0x1B_0050;
    private const uint HidGetDeviceDescriptor = 0x0B_0003;
    private const uint HidGetReportDescriptor = 0x0B_0007;
    private const uint SerialSetRts = 0x1B_0030;
    private const uint SerialGetModemStatus = 0x1B_0068;
    private const uint SerialSetTimeouts = 0x1B_001C;
    private const uint KeyboardQueryIndicators = 0x0B_0040;
    private const uint Unknown = 0x22_2000;

    [Fact]
    public void A_null_function_driver_and_a_filter_make_a_stack_and_go_with_it()
    {
        using var lab = Stack(new DeviceProfile { Function = LabDrivers.NullFunction, Filters = new ProfileFilters { Upper = [LabDrivers.PassThrough] } });
        var owners = PnpManager.StackAbove(lab.Device.Pdo).Select(d => d.DriverObject!.Value.DriverName.ToText());
        Assert.Equal([@"\Driver\LastRefBus", @"\Driver\lab-null-function", @"\Driver\lab-pass-through"], owners);
        Assert.True(lab.Device.IsStarted);
        Assert.Equal(NtStatus.Success, lab.Test.Run(_ => lab.Test.Kernel.Pnp.QueryAndRemove(lab.Device)));
        Assert.Single(PnpManager.StackAbove(lab.Device.Pdo));
        foreach (var name in (string[])[LabDrivers.NullFunction, LabDrivers.PassThrough])
            Assert.Null(lab.Test.Kernel.Io.FindDriver(IoManager.ServicesKey + "\\" + name)!.Value.DeviceObject);
    }

    [Fact]
    [Trait("Spec", "U-4.59")]
    public void A_keyboard_class_driver_lets_no_unknown_control_request_through()
    {
        using var lab = Stack(new DeviceProfile { Function = LabDrivers.PassThrough, Filters = new ProfileFilters { Upper = [LabDrivers.KeyboardClass] } });
        var handle = lab.Open();
        Assert.Equal(NtStatus.InvalidDeviceRequest, lab.Control(handle, Unknown).Status);

        // A known one goes down to the bus, which has no keyboard.
        Assert.Equal(NtStatus.NotSupported, lab.Control(handle, KeyboardQueryIndicators, output: 4).Status);
    }

    [Fact]
    public void A_read_of_a_keyboard_waits_and_ends_with_the_handle()
    {
        using var lab = Stack(new DeviceProfile { Function = LabDrivers.PassThrough, Filters = new ProfileFilters { Upper = [LabDrivers.KeyboardClass] } });
        var handle = lab.Open();
        Assert.Equal(NtStatus.Pending, lab.Read(handle, 12).Status);
        lab.Close(handle);
        Assert.Equal(NtStatus.Success, lab.Test.Run(_ => lab.Test.Kernel.Pnp.QueryAndRemove(lab.Device)));
    }

    [Fact]
    public void A_raw_bus_has_a_child_that_works_without_a_driver_and_goes_with_it()
    {
        using var lab = Stack(new DeviceProfile { Function = LabDrivers.RawBus });
        var child = Assert.Single(lab.Device.Children);
        Assert.Equal((true, RawBusDriver.ChildId), (child.IsStarted, child.Identity.HardwareIds.Single()));
        Assert.Equal(NtStatus.Success, lab.Test.Run(_ => lab.Test.Kernel.Pnp.QueryAndRemove(lab.Device)));
        Assert.False(lab.Test.Kernel.Ob.IsAlive(child.Pdo.Address, ObjectKind.Device));
    }

    [Fact]
    [Trait("Spec", "U-5.74")]
    public void A_raw_child_that_is_open_outlives_the_bus_that_was_pulled_out()
    {
        using var lab = Stack(new DeviceProfile { Function = LabDrivers.RawBus });
        var child = Assert.Single(lab.Device.Children);
        var handle = lab.Open(child);
        lab.PullOut();
        Assert.True(lab.Test.Kernel.Ob.IsAlive(child.Pdo.Address, ObjectKind.Device));
        lab.Close(handle);
        Assert.False(lab.Test.Kernel.Ob.IsAlive(child.Pdo.Address, ObjectKind.Device));
    }

    [Fact]
    public void A_serial_port_keeps_its_settings_and_a_read_ends_with_its_timeout()
    {
        using var lab = Stack(new DeviceProfile { Function = LabDrivers.PassThrough, Bus = ProfileBus.Serial });
        var handle = lab.Open();
        Assert.Equal(NtStatus.Success, lab.Control(handle, SerialSetBaudRate, BitConverter.GetBytes(9600)).Status);
        Assert.Equal(BitConverter.GetBytes(9600), lab.Control(handle, SerialGetBaudRate, output: 4).Output);

        // SERIAL_TIMEOUTS: interval, multiplier and constant for reads, then for writes.
        byte[] timeouts = [0, 0, 0, 0, 0, 0, 0, 0, 100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        Assert.Equal(NtStatus.Success, lab.Control(handle, SerialSetTimeouts, timeouts).Status);
        var read = lab.Read(handle, 16);
        Assert.Equal(NtStatus.Pending, read.Status);
        lab.Test.RunUntilIdle();
        Assert.True(lab.Test.Kernel.Io.IsComplete(read.Pending!));
        Assert.Equal(5UL, lab.Write(handle, "hello"u8.ToArray()).Information);
    }

    [Fact]
    public void What_is_plugged_into_a_serial_port_sends_when_RTS_is_raised()
    {
        var plugged = new ProfileSerial { ModemStatus = 0x30, Sends = "(PNP)"u8.ToArray() };
        using var lab = Stack(new DeviceProfile { Function = LabDrivers.PassThrough, Bus = ProfileBus.Serial, Serial = plugged });
        var handle = lab.Open();
        Assert.Equal(BitConverter.GetBytes(0x30), lab.Control(handle, SerialGetModemStatus, output: 4).Output);
        Assert.Equal(NtStatus.Success, lab.Control(handle, SerialSetRts).Status);
        Assert.Equal("("u8.ToArray(), lab.Read(handle, 1).Output);
        Assert.Equal("PNP)"u8.ToArray(), lab.Read(handle, 16).Output);
        Assert.Equal(NtStatus.Pending, lab.Read(handle, 1).Status);
    }

    [Fact]
    public void A_disk_gives_back_what_was_written_and_zeros_elsewhere()
    {
        using var lab = Stack(new DeviceProfile { Function = LabDrivers.PassThrough, Bus = ProfileBus.Disk });
        var handle = lab.Open();
        var block = Enumerable.Range(0, 512).Select(i => (byte)i).ToArray();
        Assert.Equal(512UL, lab.Write(handle, block, 4096).Information);
        Assert.Equal(block, lab.Read(handle, 512, 4096).Output);
        Assert.Equal(new byte[512], lab.Read(handle, 512).Output);
        Assert.Equal(NtStatus.InvalidParameter, lab.Read(handle, 100).Status);
    }

    [Fact]
    public void A_HID_device_answers_what_HIDCLASS_asks_of_a_minidriver()
    {
        using var lab = Stack(new DeviceProfile { Function = LabDrivers.PassThrough, Bus = ProfileBus.Hid });
        var buffer = lab.Test.Allocate(128);
        Assert.Equal((NtStatus.Success, 9UL), lab.Internal(HidGetDeviceDescriptor, buffer, 128));

        // bDescriptorType 0x21, and at 7 the length of the report descriptor that follows (HID 1.11, 6.2.1).
        Assert.Equal(0x21, lab.Test.Memory.ReadByte(buffer + 1));
        var bytes = lab.Test.Memory.ReadUInt16(buffer + 7);
        Assert.Equal((NtStatus.Success, (ulong)bytes), lab.Internal(HidGetReportDescriptor, buffer, 128));
        Assert.Equal((NtStatus.BufferTooSmall, 0UL), lab.Internal(HidGetReportDescriptor, buffer, 4));
        Assert.Equal(NtStatus.NotSupported, lab.Internal(0x0B_FFFF, buffer, 4).Status);
    }

    private static LabStack Stack(DeviceProfile profile) => new(profile with { Position = ProfilePosition.UpperFilter });
}

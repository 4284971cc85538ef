using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>The Zw routines on files, as a driver calls them.</summary>
public sealed class ZwFileTests
{
    private const uint Synchronous = 0x20;

    [Theory]
    [InlineData("ZwWriteFile", "ZwReadFile")]
    [InlineData("NtWriteFile", "NtReadFile")]
    public void Reads_and_writes_through_a_synchronous_handle_reach_the_device(string write, string read)
    {
        using var test = KernelTest.Boot();
        var device = new Device(test);
        var handle = device.Open(Synchronous);
        var (iosb, buffer) = (test.Allocate(16), test.Allocate(8));
        test.Memory.Write(buffer, [1, 2, 3]);
        Assert.Equal(NtStatus.Success, test.Status(write, handle, 0, 0, 0, iosb.Value, buffer.Value, 3, test.Time(5), 0));
        Assert.Equal(3UL, test.Memory.ReadUInt64(iosb + 8));
        Assert.Equal([1, 2, 3], device.Written);
        Assert.Equal(5, device.Offset);
        Assert.Equal(NtStatus.Success, test.Status(read, handle, 0, 0, 0, iosb.Value, buffer.Value, 3, test.Time(9), 0));
        Assert.Equal(9, device.Offset);
        Assert.Equal(0xAA, test.Memory.ReadByte(buffer));
        Assert.Equal(NtStatus.Success, test.Status("ZwFlushBuffersFile", handle, iosb.Value));
        Assert.Equal("Create Write Read FlushBuffers", string.Join(' ', device.Driver.Log));
    }

    [Fact]
    public void An_asynchronous_handle_needs_an_offset_and_a_wrong_handle_is_refused()
    {
        using var test = KernelTest.Boot();
        var handle = new Device(test).Open(0);
        var (iosb, buffer) = (test.Allocate(16), test.Allocate(8));
        Assert.Equal(NtStatus.InvalidParameter, test.Status("ZwReadFile", handle, 0, 0, 0, iosb.Value, buffer.Value, 3, 0, 0));
        Assert.Equal(NtStatus.InvalidHandle, test.Status("ZwReadFile", 0x4444, 0, 0, 0, iosb.Value, buffer.Value, 3, test.Time(0), 0));
    }

    [Theory]
    [InlineData("ZwDeviceIoControlFile", "ZwFsControlFile")]
    [InlineData("NtDeviceIoControlFile", "NtFsControlFile")]
    public void Control_codes_reach_the_device_and_the_file_system(string control, string fileSystemControl)
    {
        using var test = KernelTest.Boot();
        var device = new Device(test);
        var handle = device.Open(Synchronous);
        var (iosb, output) = (test.Allocate(16), test.Allocate(8));
        Assert.Equal(NtStatus.Success, test.Status(control, handle, 0, 0, 0, iosb.Value, 0x22_2000, 0, 0, output.Value, 4));
        Assert.Equal(0xBBu, test.Memory.ReadUInt32(output));
        Assert.Equal(NtStatus.Success, test.Status(fileSystemControl, handle, 0, 0, 0, iosb.Value, 0x9_0000, 0, 0, 0, 0));
        Assert.Equal("Create DeviceControl FileSystemControl", string.Join(' ', device.Driver.Log));
    }

    [Fact]
    public void The_position_of_a_synchronous_file_is_kept_by_the_system_and_other_information_by_the_driver()
    {
        using var test = KernelTest.Boot();
        var device = new Device(test);
        var handle = device.Open(Synchronous);
        var (iosb, information) = (test.Allocate(16), test.Allocate(24));
        test.Memory.WriteUInt64(information, 77);
        Assert.Equal(NtStatus.Success, test.Status("ZwSetInformationFile", handle, iosb.Value, information.Value, 8, 14));
        test.Memory.WriteUInt64(information, 0);
        Assert.Equal(NtStatus.Success, test.Status("ZwQueryInformationFile", handle, iosb.Value, information.Value, 8, 14));
        Assert.Equal(77UL, test.Memory.ReadUInt64(information));
        Assert.Equal(["Create"], device.Driver.Log);
        test.Status("ZwReadFile", handle, 0, 0, 0, iosb.Value, information.Value, 1, 0, 0);
        Assert.Equal(77, device.Offset);
        Assert.Equal(NtStatus.Success, test.Status("ZwQueryInformationFile", handle, iosb.Value, information.Value, 24, 5));
        Assert.Equal("Create Read QueryInformation", string.Join(' ', device.Driver.Log));
    }

    [Fact]
    public void An_event_is_signalled_when_the_request_is_complete_and_not_held_afterwards()
    {
        using var test = KernelTest.Boot();
        var device = new Device(test) { Pends = true };
        var handle = device.Open(0);
        var (iosb, buffer, eventHandle) = (test.Allocate(16), test.Allocate(8), test.Allocate(8));
        var @event = new VirtualAddress(test.CallNow("IoCreateNotificationEvent", test.Text(@"\BaseNamedObjects\Io"), eventHandle.Value));
        var before = test.PointerCount(@event);
        var status = test.Status(
            "ZwReadFile", handle, test.Memory.ReadUInt64(eventHandle), 0, 0, iosb.Value, buffer.Value, 1, test.Time(0), 0);
        Assert.Equal(NtStatus.Pending, status);
        Assert.Equal(0u, (uint)test.CallNow("KeReadStateEvent", @event.Value));
        test.Run(async _ => await device.Driver.Complete(device.Kept!.Value, NtStatus.Success, 1));
        Assert.Equal(1u, (uint)test.CallNow("KeReadStateEvent", @event.Value));
        Assert.Equal(before, test.PointerCount(@event));
    }

    [Theory]
    [InlineData("ZwOpenFile", "ZwCreateFile")]
    [InlineData("NtOpenFile", "NtCreateFile")]
    public void A_file_is_opened_relative_to_another_and_by_the_older_routines(string openFile, string createFile)
    {
        using var test = KernelTest.Boot();
        var device = new Device(test);
        var root = device.Open(Synchronous);
        var (handle, iosb) = (test.Allocate(8), test.Allocate(16));
        var attributes = device.Attributes("child", root);
        Assert.Equal(NtStatus.Success, test.Status(openFile, handle.Value, 0x8010_0000, attributes, iosb.Value, 7, Synchronous));
        var open = test.Kernel.Ob.FindHandle(test.Kernel.Ps.SystemProcess, new HandleValue(test.Memory.ReadUInt64(handle)))!.Value;
        var file = new FileObject(test.Memory, open.Body);
        Assert.Equal("child", file.FileName.ToText());
        Assert.NotNull(file.RelatedFileObject);
        Assert.Equal(
            NtStatus.Success,
            test.Status(createFile, handle.Value, 0x8010_0000, device.Attributes(@"\Device\Device\path"), iosb.Value, 0, 0, 7, 1, Synchronous, 0, 0));
        open = test.Kernel.Ob.FindHandle(test.Kernel.Ps.SystemProcess, new HandleValue(test.Memory.ReadUInt64(handle)))!.Value;
        Assert.Equal(@"\path", new FileObject(test.Memory, open.Body).FileName.ToText());
        Assert.Equal(
            NtStatus.Success,
            test.Status(
                "IoCreateFile", handle.Value, 0x8010_0000, device.Attributes(@"\Device\Device"), iosb.Value, 0, 0, 7, 1, Synchronous, 0, 0, 0, 0, 0x100));
    }

    private sealed class Device
    {
        private readonly KernelTest _test;

        public Device(KernelTest test)
        {
            _test = test;
            Driver = TestDriver.Load(test, "driver");
            Driver.CreateDevice("Device", DeviceFlags.BufferedIo);
            Driver.Dispatch = Dispatch;
        }

        public TestDriver Driver { get; }

        public byte[] Written { get; private set; } = [];

        public long Offset { get; private set; }

        public bool Pends { get; init; }

        public Irp? Kept { get; private set; }

        public ulong Open(uint options)
        {
            var (handle, iosb) = (_test.Allocate(8), _test.Allocate(16));
            var status = _test.Status(
                "ZwCreateFile", handle.Value, 0xC010_0000, Attributes(@"\Device\Device"), iosb.Value, 0, 0, 7, 1, options, 0, 0);
            Assert.Equal(NtStatus.Success, status);
            return _test.Memory.ReadUInt64(handle);
        }

        public ulong Attributes(string name, ulong root = 0)
        {
            var attributes = new ObjectAttributes(_test.Memory, _test.Allocate(ObjectAttributes.SizeOf(_test.Memory.Layout)));
            attributes.SetRootDirectory(_test.Memory, new HandleValue(root));
            attributes.SetAttributes(_test.Memory, 0x240);
            _test.Memory.WriteUInt64(attributes.ObjectNameAddress, _test.Text(name));
            return attributes.Address.Value;
        }

        private GuestTask<NtStatus> Dispatch(Irp irp, IoStackLocation location)
        {
            switch (location.MajorFunction)
            {
                case IrpMajor.Write:
                    Written = new byte[location.WriteLength];
                    Offset = location.WriteByteOffset;
                    _test.Memory.Read(irp.SystemBuffer, Written);
                    return Driver.Complete(irp, NtStatus.Success, location.WriteLength);
                case IrpMajor.Read when Pends:
                    Kept = irp;
                    return GuestTask.FromResult(Driver.Pend(location));
                case IrpMajor.Read:
                    Offset = location.ReadByteOffset;
                    _test.Memory.WriteByte(irp.SystemBuffer, 0xAA);
                    return Driver.Complete(irp, NtStatus.Success, location.ReadLength);
                case IrpMajor.DeviceControl:
                    _test.Memory.WriteUInt32(irp.SystemBuffer, 0xBB);
                    return Driver.Complete(irp, NtStatus.Success, 4);
                default:
                    return Driver.Complete(irp, NtStatus.Success);
            }
        }
    }
}

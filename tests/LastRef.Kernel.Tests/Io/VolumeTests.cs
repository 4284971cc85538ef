using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Mounting, opening and dismounting of volumes, with RAW and with a file system of the test's own.</summary>
[Trait("Spec", "U-1.44")]
public sealed class VolumeTests
{
    private const uint ReadData = 0x8000_0000;
    private const uint ReadAttributes = 0x80;
    private const byte MountVolume = 1, VerifyVolume = 2, LoadFileSystem = 3;

    [Theory]
    [InlineData(DeviceType.Disk, 512)]
    [InlineData(DeviceType.VirtualDisk, 512)]
    [InlineData(DeviceType.Tape, 512)]
    [InlineData(DeviceType.CdRom, 2048)]
    public void A_storage_device_has_a_block_that_nothing_has_mounted(DeviceType type, int sectorBytes)
    {
        using var test = KernelTest.Boot();
        var disk = new Storage(test, type);
        var vpb = disk.Device.Vpb!.Value;
        Assert.Equal((10, disk.Device.Address, 0u, VpbFlags.None), (vpb.Type, vpb.RealDevice!.Value.Address, vpb.ReferenceCount, vpb.Flags));
        Assert.Null(vpb.DeviceObject);
        Assert.Equal(sectorBytes, disk.Device.SectorSize);
        Assert.Null(disk.Driver.CreateDevice("Other").Vpb);
    }

    [Fact]
    public void Raw_mounts_what_no_file_system_knows_and_dismounts_with_the_last_close()
    {
        using var test = KernelTest.Boot();
        var disk = new Storage(test);
        var before = test.PointerCount(disk.Device.Address);
        var open = disk.Open(ReadData);
        Assert.Equal(NtStatus.Success, open.Status);
        var vpb = disk.Device.Vpb!.Value;
        var file = new FileObject(test.Memory, open.File);
        Assert.Equal((VpbFlags.Mounted, 1u), (vpb.Flags, vpb.ReferenceCount));
        Assert.Equal(vpb.Address, file.Vpb!.Value.Address);
        Assert.Equal(disk.Device.Address, file.DeviceObject!.Value.Address);
        Assert.True((file.Flags & FileObjectFlags.VolumeOpen) != 0);
        Assert.Equal(@"\FileSystem\RAW", vpb.DeviceObject!.Value.DriverObject!.Value.DriverName.ToText());
        Assert.Equal(vpb.DeviceObject.Value.Address, test.Kernel.Io.IoGetRelatedDeviceObject(file).Address);
        Assert.Equal((1, 0), (disk.Device.ReferenceCount, vpb.DeviceObject.Value.ReferenceCount));
        Assert.Equal(before + 1, test.PointerCount(disk.Device.Address));

        // RAW keeps creates and closes to itself; what is read comes from the disk.
        Assert.Equal(0xA5, disk.Read(open.Handle));
        Assert.Equal(["Read"], disk.Driver.Log);
        disk.Close(open.Handle);
        Assert.Equal((VpbFlags.None, 0u), (vpb.Flags, vpb.ReferenceCount));
        Assert.Null(vpb.DeviceObject);
        Assert.Equal((0, before), (disk.Device.ReferenceCount, test.PointerCount(disk.Device.Address)));
        Assert.Equal(NtStatus.Success, disk.Driver.Stop());
        Assert.False(disk.Driver.IsImageLoaded);
    }

    [Fact]
    public void An_open_for_attributes_stays_with_the_device()
    {
        using var test = KernelTest.Boot();
        var disk = new Storage(test);
        var open = disk.Open(ReadAttributes);
        Assert.True((new FileObject(test.Memory, open.File).Flags & FileObjectFlags.DirectDeviceOpen) != 0);
        Assert.Equal(VpbFlags.None, disk.Device.Vpb!.Value.Flags);
        disk.Close(open.Handle);
        Assert.Equal("Create Cleanup Close", string.Join(' ', disk.Driver.Log));
    }

    [Fact]
    public void A_file_on_a_raw_volume_cannot_be_opened_and_leaves_nothing_mounted()
    {
        using var test = KernelTest.Boot();
        var disk = new Storage(test);
        Assert.Equal(NtStatus.InvalidParameter, disk.Open(ReadData, @"\file.txt").Status);
        Assert.Equal((VpbFlags.None, 0u, 0), (disk.Device.Vpb!.Value.Flags, disk.Device.Vpb.Value.ReferenceCount, disk.Device.ReferenceCount));
    }

    [Fact]
    public void The_newest_file_system_is_asked_first_and_raw_last()
    {
        using var test = KernelTest.Boot();
        var disk = new Storage(test);
        var older = new FileSystem(test, "older") { MountStatus = NtStatus.UnrecognizedVolume };
        var newer = new FileSystem(test, "newer") { MountStatus = NtStatus.UnrecognizedVolume };
        var asked = new List<string>();
        older.OnMount = () => asked.Add("older");
        newer.OnMount = () => asked.Add("newer");
        Assert.Equal(NtStatus.UnrecognizedVolume, disk.Open(ReadData, @"\file.txt").Status);
        Assert.Equal(["newer", "older"], asked);
        var open = disk.Open(ReadData);
        Assert.Equal(@"\FileSystem\RAW", disk.Device.Vpb!.Value.DeviceObject!.Value.DriverObject!.Value.DriverName.ToText());
        disk.Close(open.Handle);
    }

    [Fact]
    public void A_file_system_of_low_priority_is_asked_after_the_others()
    {
        using var test = KernelTest.Boot();
        var disk = new Storage(test);
        var asked = new List<string>();
        var first = new FileSystem(test, "first") { MountStatus = NtStatus.UnrecognizedVolume, OnMount = () => asked.Add("first") };
        var low = new FileSystem(test, "low", DeviceFlags.LowPriorityFilesystem) { MountStatus = NtStatus.UnrecognizedVolume, OnMount = () => asked.Add("low") };
        disk.Close(disk.Open(ReadData).Handle);
        Assert.Equal(["first", "low"], asked);
        Assert.NotEqual(first.Control.Address, low.Control.Address);
    }

    [Fact]
    public void A_mounted_volume_gets_the_requests_and_counts_the_opens()
    {
        using var test = KernelTest.Boot();
        var disk = new Storage(test);
        var system = new FileSystem(test, "filesystem");
        var (first, second) = (disk.Open(ReadData), disk.Open(ReadData, @"\file.txt"));
        var vpb = disk.Device.Vpb!.Value;
        Assert.Equal(system.Volume!.Value.Address, vpb.DeviceObject!.Value.Address);
        Assert.Equal((2u, 2, 0), (vpb.ReferenceCount, disk.Device.ReferenceCount, system.Volume.Value.ReferenceCount));
        Assert.Equal(vpb.Address, PnpManager.ExtensionOf(system.Volume.Value).Vpb!.Value.Address);
        Assert.Equal("FileSystemControl Create Create", string.Join(' ', system.Driver.Log));
        disk.Close(first.Handle);
        Assert.Equal((1u, 1), (vpb.ReferenceCount, disk.Device.ReferenceCount));
        disk.Close(second.Handle);
        Assert.Equal((0u, VpbFlags.Mounted), (vpb.ReferenceCount, vpb.Flags));
        Assert.Empty(disk.Driver.Log);
    }

    /// <summary>The reference that the mount took on the storage stack is the file system's to give back: until then the disk's driver stays.</summary>
    [Fact]
    public void A_volume_that_stays_mounted_keeps_the_image_of_its_storage_driver()
    {
        using var test = KernelTest.Boot();
        var disk = new Storage(test);
        var system = new FileSystem(test, "filesystem");
        disk.Close(disk.Open(ReadData).Handle);
        Assert.Equal(NtStatus.Success, disk.Driver.Stop());
        Assert.True(disk.Driver.WasUnloaded);
        Assert.True(disk.Driver.IsImageLoaded);
        test.CallNow("ObfDereferenceObject", system.Storage!.Value.Address.Value);
        test.RunUntilIdle();
        Assert.False(disk.Driver.IsImageLoaded);
    }

    [Theory]
    [InlineData(VpbFlags.Locked | VpbFlags.Mounted, 0xC0000022u)]
    [InlineData(VpbFlags.RemovePending, 0xC00000C0u)]
    public void A_locked_volume_and_one_that_is_about_to_go_refuse_opens(VpbFlags flags, uint status)
    {
        using var test = KernelTest.Boot();
        var disk = new Storage(test);
        disk.Device.Vpb!.Value.SetFlags(test.Memory, flags);
        Assert.Equal(status, disk.Open(ReadData).Status.Code);
        Assert.Equal((0, 0u), (disk.Device.ReferenceCount, disk.Device.Vpb.Value.ReferenceCount));
    }

    [Fact]
    public void A_recogniser_has_its_file_system_loaded_and_that_is_asked_then()
    {
        using var test = KernelTest.Boot();
        var disk = new Storage(test);
        FileSystem? real = null;
        var recogniser = new FileSystem(test, "recogniser") { MountStatus = NtStatus.FsDriverRequired };
        recogniser.OnLoad = async () =>
        {
            recogniser.MountStatus = NtStatus.UnrecognizedVolume;
            await test.Call("IoRegisterFileSystem", real!.Control.Address.Value);
        };
        real = new FileSystem(test, "filesystem", register: false);
        disk.Open(ReadData);
        Assert.Equal(real.Volume!.Value.Address, disk.Device.Vpb!.Value.DeviceObject!.Value.Address);
    }

    [Fact]
    public void A_volume_that_is_no_more_the_one_gets_a_new_block_and_is_mounted_again()
    {
        using var test = KernelTest.Boot();
        var disk = new Storage(test);
        var system = new FileSystem(test, "filesystem");
        var open = disk.Open(ReadData);
        var old = disk.Device.Vpb!.Value;
        Assert.Equal(NtStatus.Success, test.Status("IoVerifyVolume", disk.Device.Address.Value, 0));
        Assert.Equal(old.Address, disk.Device.Vpb.Value.Address);
        system.VerifyStatus = NtStatus.WrongVolume;
        Assert.Equal(NtStatus.WrongVolume, test.Status("IoVerifyVolume", disk.Device.Address.Value, 0));
        var fresh = disk.Device.Vpb.Value;
        Assert.NotEqual(old.Address, fresh.Address);
        Assert.Equal((VpbFlags.Mounted, 0u, 1u), (fresh.Flags, fresh.ReferenceCount, old.ReferenceCount));
        Assert.Equal(1, disk.Device.ReferenceCount);
        disk.Close(open.Handle);
        Assert.Equal(0, disk.Device.ReferenceCount);
    }

    [Fact]
    public void Verifying_a_device_without_a_volume_mounts_one()
    {
        using var test = KernelTest.Boot();
        var disk = new Storage(test);
        disk.Device.SetFlags(test.Memory, disk.Device.Flags | DeviceFlags.VerifyVolume);
        Assert.Equal(NtStatus.Success, test.Status("IoVerifyVolume", disk.Device.Address.Value, 1));
        Assert.Equal((VpbFlags.Mounted, DeviceFlags.None), (disk.Device.Vpb!.Value.Flags, disk.Device.Flags & DeviceFlags.VerifyVolume));
    }

    [Fact]
    public void A_volume_device_and_its_disk_are_found_from_one_another()
    {
        using var test = KernelTest.Boot();
        var disk = new Storage(test);
        var system = new FileSystem(test, "filesystem");
        var open = disk.Open(ReadData);
        var volume = system.Volume!.Value.Address.Value;
        Assert.Equal(volume, test.CallNow("IoGetBaseFileSystemDeviceObject", open.File.Value));
        var (found, before) = (test.Allocate(8), test.PointerCount(disk.Device.Address));
        Assert.Equal(NtStatus.Success, test.Status("IoGetDiskDeviceObject", volume, found.Value));
        Assert.Equal((disk.Device.Address.Value, before + 1), (test.Value(found), test.PointerCount(disk.Device.Address)));
        Assert.Equal(NtStatus.InvalidParameter, test.Status("IoGetDiskDeviceObject", disk.Device.Address.Value, found.Value));
        var vpb = disk.Device.Vpb!.Value;
        vpb.SetFlags(test.Memory, VpbFlags.None);
        Assert.Equal(NtStatus.VolumeDismounted, test.Status("IoGetDiskDeviceObject", volume, found.Value));
    }

    [Fact]
    public void The_device_to_verify_is_noted_for_a_thread()
    {
        using var test = KernelTest.Boot();
        var disk = new Storage(test);
        test.Run(async thread =>
        {
            await test.Call("IoSetDeviceToVerify", thread.Address.Value, disk.Device.Address.Value);
            Assert.Equal(disk.Device.Address.Value, await test.Call("IoGetDeviceToVerify", thread.Address.Value));
            await test.Call("IoSetDeviceToVerify", thread.Address.Value, 0);
            Assert.Equal(0UL, await test.Call("IoGetDeviceToVerify", thread.Address.Value));
            var irp = await test.Call("IoAllocateIrp", 1, 0);
            new Irp(test.Memory, new VirtualAddress(irp)).SetThread(test.Memory, new EThread(test.Memory, thread.Address));
            await test.Call("IoSetHardErrorOrVerifyDevice", irp, disk.Device.Address.Value);
            Assert.Equal(disk.Device.Address.Value, await test.Call("IoGetDeviceToVerify", thread.Address.Value));
        });
    }

    [Fact]
    public void Raw_locks_for_its_only_open_and_dismounts_when_locked()
    {
        using var test = KernelTest.Boot();
        var disk = new Storage(test);
        var open = disk.Open(ReadData);
        Assert.Equal(NtStatus.AccessDenied, disk.Control(open.Handle, 0x9_0020));
        Assert.Equal(NtStatus.Success, disk.Control(open.Handle, 0x9_0018));
        Assert.Equal(NtStatus.AccessDenied, disk.Open(ReadData).Status);
        Assert.Equal(NtStatus.Success, disk.Control(open.Handle, 0x9_0020));
        Assert.Equal(NtStatus.Success, disk.Control(open.Handle, 0x9_001C));
        Assert.Equal(NtStatus.NotLocked, disk.Control(open.Handle, 0x9_001C));
        disk.Close(open.Handle);
    }

    [Fact]
    [Trait("Spec", "U-5.12")]
    [Trait("Spec", "U-5.15")]
    public void The_removal_of_a_disk_goes_through_its_volume_and_no_new_one_is_mounted_meanwhile()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        var vpb = new Vpb(test.Memory, test.Allocate(Vpb.SizeOf(test.Memory.Layout)));
        vpb.SetRealDevice(test.Memory, device.Pdo);
        device.Pdo.SetVpb(test.Memory, vpb);
        var system = TestDriver.Load(test, "filesystem");
        var volume = system.CreateDevice(null);
        volume.SetStackSize(test.Memory, 5);
        vpb.SetDeviceObject(test.Memory, volume);
        vpb.SetFlags(test.Memory, VpbFlags.Mounted);
        var asked = new List<string>();
        var refuses = true;
        system.Dispatch = async (irp, location) =>
        {
            var minor = (PnpMinor)location.MinorFunction;
            asked.Add($"{minor} {(vpb.Flags & VpbFlags.RemovePending) != 0}");
            if (minor == PnpMinor.QueryRemoveDevice && refuses)
                return await system.Complete(irp, NtStatus.AccessDenied);
            test.Kernel.Io.CopyLocationToNext(irp);
            return await test.Kernel.Io.IofCallDriver(test.Kernel.Io.IoGetAttachedDevice(device.Pdo), irp);
        };
        pnp.Log.Clear();
        Assert.Equal(NtStatus.PlugplayQueryVetoed, OperationTests.Act(test, p => p.QueryAndRemove(device)));
        Assert.Equal(["QueryRemoveDevice True", "CancelRemoveDevice False"], asked);
        Assert.DoesNotContain("QueryRemoveDevice", pnp.Log);
        Assert.Equal(VpbFlags.Mounted, vpb.Flags);
        refuses = false;
        asked.Clear();
        Assert.Equal(NtStatus.Success, OperationTests.Act(test, p => p.QueryAndRemove(device)));
        Assert.Equal(["QueryRemoveDevice True", "RemoveDevice True"], asked);
        Assert.Contains("RemoveDevice", pnp.Log);
        device.Pdo.SetVpb(test.Memory, null);
    }

    /// <summary>A legacy driver with one storage device that answers every read with 0xA5.</summary>
    private sealed class Storage
    {
        private readonly KernelTest _test;

        public Storage(KernelTest test, DeviceType type = DeviceType.Disk)
        {
            _test = test;
            Driver = TestDriver.Load(test, "disk");
            Device = test.Run(async _ => (await test.Kernel.Io.CreateDevice(
                Driver.Object, 0, @"\Device\Disk", type, DeviceCharacteristics.None, exclusive: false)).Device!.Value);
            Device.SetFlags(test.Memory, (Device.Flags | DeviceFlags.DirectIo) & ~DeviceFlags.DeviceInitializing);
            Driver.Dispatch = (irp, location) =>
            {
                if (location.MajorFunction == IrpMajor.Read)
                    test.Memory.WriteByte(test.Kernel.Mm.MmMapLockedPages(irp.MdlAddress!.Value, 0), 0xA5);
                return Driver.Complete(irp, NtStatus.Success, location.MajorFunction == IrpMajor.Read ? location.ReadLength : 0);
            };
        }

        public TestDriver Driver { get; }

        public DeviceObject Device { get; }

        public OpenResult Open(uint access, string file = "") => _test.Run(_ => _test.Kernel.Io.Open(new OpenRequest
        {
            Path = @"\Device\Disk" + file, Process = _test.Kernel.Ps.SystemProcess, DesiredAccess = access, ShareAccess = 7, Disposition = 1, Options = 0x20,
        }));

        public byte Read(HandleValue handle) => _test.Run(_ => _test.Kernel.Io.Read(_test.Kernel.Ps.SystemProcess, handle, 1, userMode: false)).Output[0];

        public NtStatus Control(HandleValue handle, uint code)
        {
            var iosb = _test.Allocate(16);
            return _test.Status("ZwFsControlFile", handle.Value, 0, 0, 0, iosb.Value, code, 0, 0, 0, 0);
        }

        public void Close(HandleValue handle) => _test.Run(_ => _test.Kernel.Ob.CloseHandle(_test.Kernel.Ps.SystemProcess, handle));
    }

    /// <summary>A file system that mounts any disk and opens any file.</summary>
    private sealed class FileSystem
    {
        private readonly KernelTest _test;

        public FileSystem(KernelTest test, string name, DeviceFlags flags = DeviceFlags.None, bool register = true)
        {
            _test = test;
            Driver = TestDriver.Load(test, name);
            Control = test.Run(async _ => (await test.Kernel.Io.CreateDevice(
                Driver.Object, 0, null, DeviceType.DiskFileSystem, DeviceCharacteristics.None, exclusive: false)).Device!.Value);
            Control.SetFlags(test.Memory, Control.Flags | flags);
            Driver.Dispatch = Dispatch;
            if (register)
                test.CallNow("IoRegisterFileSystem", Control.Address.Value);
        }

        public TestDriver Driver { get; }

        public DeviceObject Control { get; }

        public DeviceObject? Volume { get; private set; }

        public DeviceObject? Storage { get; private set; }

        public NtStatus MountStatus { get; set; } = NtStatus.Success;

        public NtStatus VerifyStatus { get; set; } = NtStatus.Success;

        public Action? OnMount { get; set; }

        public Func<GuestTask>? OnLoad { get; set; }

        private async GuestTask<NtStatus> Dispatch(Irp irp, IoStackLocation location)
        {
            switch (location.MajorFunction)
            {
                case IrpMajor.FileSystemControl when location.MinorFunction == MountVolume:
                    OnMount?.Invoke();
                    if (MountStatus.IsSuccess)
                        await Mount(location);
                    return await Driver.Complete(irp, MountStatus);
                case IrpMajor.FileSystemControl when location.MinorFunction == VerifyVolume:
                    return await Driver.Complete(irp, VerifyStatus);
                case IrpMajor.FileSystemControl when location.MinorFunction == LoadFileSystem:
                    await OnLoad!();
                    return await Driver.Complete(irp, NtStatus.Success);
                case IrpMajor.Create:
                    location.FileObject!.Value.SetVpb(_test.Memory, PnpManager.ExtensionOf(Volume!.Value).Vpb);
                    return await Driver.Complete(irp, NtStatus.Success, 1);
                default:
                    return await Driver.Complete(irp, NtStatus.Success);
            }
        }

        private async GuestTask Mount(IoStackLocation location)
        {
            var vpb = new Vpb(_test.Memory, new VirtualAddress(location.Argument1));
            Storage = new DeviceObject(_test.Memory, new VirtualAddress(location.Argument2));
            var (_, made) = await _test.Kernel.Io.CreateDevice(
                Driver.Object, 0, null, DeviceType.DiskFileSystem, DeviceCharacteristics.None, exclusive: false);
            Volume = made!.Value;
            Volume.Value.SetFlags(_test.Memory, Volume.Value.Flags & ~DeviceFlags.DeviceInitializing);
            vpb.SetDeviceObject(_test.Memory, Volume.Value);
        }
    }
}

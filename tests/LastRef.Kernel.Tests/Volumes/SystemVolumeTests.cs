using System.Text;
using LastRef.Kernel;
using LastRef.Nt;
using LastRef.Symbols;

namespace LastRef.Tests;

/// <summary>Files on the disk that Windows runs from, as drivers use them.</summary>
public sealed class SystemVolumeTests
{
    private const string Log = @"\??\C:\Windows\Temp\driver.log";

    [Theory]
    [InlineData(@"\??\C:\Windows\Temp\a.log")]
    [InlineData(@"\DosDevices\C:\Windows\Temp\a.log")]
    [InlineData(@"\SystemRoot\Temp\a.log")]
    [InlineData(@"\Device\HarddiskVolume1\Windows\Temp\a.log")]
    [InlineData(@"\GLOBAL??\c:\WINDOWS\temp\A.LOG")]
    public void A_file_is_the_same_by_each_of_its_names(string path)
    {
        var volume = new VolumeUser();
        var handle = volume.Open(path, VolumeUser.CreateNew);
        Assert.Equal(2UL, volume.Information);
        volume.Close(handle);
        Assert.Equal(NtStatus.ObjectNameCollision, volume.TryOpen(@"\SystemRoot\Temp\A.LOG", VolumeUser.CreateNew));
        Assert.Equal(4UL, volume.Information);
        volume.Test.Dispose();
    }

    [Fact]
    public void What_was_written_is_read_and_the_position_moves()
    {
        var volume = new VolumeUser();
        var handle = volume.Open(Log, VolumeUser.OverwriteIf);
        Assert.Equal(NtStatus.Success, volume.Write(handle, "hello "));
        Assert.Equal(NtStatus.Success, volume.Write(handle, "world"));
        Assert.Equal(NtStatus.EndOfFile, volume.Read(handle, out _));
        Assert.Equal(NtStatus.Success, volume.Read(handle, out var text, offset: 3));
        Assert.Equal("lo world", text);
        Assert.Equal(NtStatus.Success, volume.Write(handle, "!", offset: -1));
        volume.Close(handle);

        handle = volume.Open(Log, VolumeUser.OpenOnly);
        Assert.Equal(NtStatus.Success, volume.Read(handle, out text));
        Assert.Equal("hello world!", text);
        Assert.Equal(12UL, volume.Test.Memory.ReadUInt64(volume.FileOf(handle).FsContext + 0x20));
        Assert.Equal(NtStatus.Success, volume.Write(handle, "x", offset: 0x2_0000));
        Assert.Equal(NtStatus.Success, volume.Read(handle, out text, 2, 0x1_0000));
        Assert.Equal("\0\0", text);
        volume.Test.Dispose();
    }

    [Fact]
    public void A_filter_can_take_the_resources_of_an_open_file()
    {
        var volume = new VolumeUser();
        var handle = volume.Open(Log, VolumeUser.OpenIf);
        var header = volume.FileOf(handle).FsContext;
        foreach (var at in new[] { header + 8, header + 0x10 })
        {
            var resource = volume.Test.Memory.ReadUInt64(at);
            volume.Test.Run(async _ =>
            {
                Assert.Equal(1UL, (byte)await volume.Test.Call("ExAcquireResourceExclusiveLite", resource, 1));
                await volume.Test.Call("ExReleaseResourceLite", resource);
            });
        }

        Assert.Equal(2, volume.Test.Kernel.Ex.ActiveResources.Count(r => r >= header && r < header + 0x200));
        volume.Close(handle);
        Assert.DoesNotContain(volume.Test.Kernel.Ex.ActiveResources, r => r >= header && r < header + 0x200);
        volume.Test.Dispose();
    }

    [Fact]
    public void A_handle_that_may_only_append_writes_at_the_end()
    {
        const uint append = 0x0010_0004;
        var volume = new VolumeUser();
        var handle = volume.Open(Log, VolumeUser.OpenIf);
        volume.Write(handle, "first");
        var second = volume.Open(Log, VolumeUser.OpenIf, append);
        Assert.Equal(1UL, volume.Information);
        volume.Write(second, " second", offset: 0);
        volume.Read(handle, out var text, offset: 0);
        Assert.Equal("first second", text);
        volume.Test.Dispose();
    }

    [Theory]
    [InlineData(@"\??\C:\Windows\Temp\none.txt", VolumeUser.OpenOnly, 0x20u, 0xC0000034u)]
    [InlineData(@"\??\C:\Windows\Temp\none.txt", VolumeUser.Overwrite, 0x20u, 0xC0000034u)]
    [InlineData(@"\??\C:\nowhere\none.txt", VolumeUser.CreateNew, 0x20u, 0xC000003Au)]
    [InlineData(@"\??\C:\Windows\Temp", VolumeUser.OpenOnly, 0x60u, 0xC00000BAu)]
    [InlineData(@"\??\C:\Windows\explorer.exe", VolumeUser.OpenOnly, 0x21u, 0xC0000103u)]
    [InlineData(@"\??\C:\Windows\explorer.exe\x", VolumeUser.OpenOnly, 0x20u, 0xC000003Au)]
    [InlineData(@"\??\C:\Windows\Temp\a*b", VolumeUser.CreateNew, 0x20u, 0xC0000033u)]
    [InlineData(@"\??\C:\Windows\System32\config\SYSTEM", VolumeUser.OpenOnly, 0x20u, 0xC0000043u)]
    [InlineData(@"\??\D:\x", VolumeUser.OpenOnly, 0x20u, 0xC000003Au)]
    public void What_cannot_be_opened_says_why(string path, uint disposition, uint options, uint status)
    {
        var volume = new VolumeUser();
        Assert.Equal(NtStatus.FromCode(status), volume.TryOpen(path, disposition, options: options));
        volume.Test.Dispose();
    }

    [Fact]
    public void Sharing_is_checked_until_the_handle_is_closed()
    {
        var volume = new VolumeUser();
        var handle = volume.Open(Log, VolumeUser.CreateNew, share: 1);
        Assert.Equal(NtStatus.SharingViolation, volume.TryOpen(Log, VolumeUser.OpenOnly, VolumeUser.GenericWrite));
        Assert.Equal(NtStatus.SharingViolation, volume.TryOpen(Log, VolumeUser.OpenOnly, VolumeUser.GenericRead, share: 0));
        volume.Close(handle);
        volume.Close(volume.Open(Log, VolumeUser.OpenOnly, VolumeUser.GenericWrite));
        volume.Test.Dispose();
    }

    [Fact]
    public void A_deleted_file_goes_with_its_last_handle()
    {
        var volume = new VolumeUser();
        var handle = volume.Open(Log, VolumeUser.CreateNew, VolumeUser.GenericRead | VolumeUser.Delete);
        var other = volume.Open(Log, VolumeUser.OpenOnly);
        Assert.Equal(NtStatus.Success, volume.Set(handle, 13, 1));
        Assert.Equal(NtStatus.DeletePending, volume.TryOpen(Log, VolumeUser.OpenOnly));
        volume.Close(handle);
        Assert.Equal(NtStatus.DeletePending, volume.TryOpen(Log, VolumeUser.OpenOnly));
        volume.Close(other);
        Assert.Equal(NtStatus.ObjectNameNotFound, volume.TryOpen(Log, VolumeUser.OpenOnly));

        volume.Close(volume.Open(Log, VolumeUser.CreateNew));
        Assert.Equal(NtStatus.Success, volume.Test.Status("ZwDeleteFile", volume.Test.Attributes(Log)));
        Assert.Equal(NtStatus.ObjectNameNotFound, volume.TryOpen(Log, VolumeUser.OpenOnly));

        volume.Close(volume.Open(@"\??\C:\Windows\Temp\folder", VolumeUser.CreateNew, options: 0x21));
        volume.Close(volume.Open(@"\??\C:\Windows\Temp\folder\file", VolumeUser.CreateNew));
        var folder = volume.Open(@"\??\C:\Windows\Temp\folder", VolumeUser.OpenOnly, options: 0x21);
        Assert.Equal(NtStatus.DirectoryNotEmpty, volume.Set(folder, 13, 1));
        volume.Test.Dispose();
    }

    [Theory]
    [InlineData("Zw")]
    [InlineData("Nt")]
    public void Queries_tell_size_times_attributes_and_name(string prefix)
    {
        var volume = new VolumeUser { Prefix = prefix };
        var handle = volume.Open(Log, VolumeUser.CreateNew);
        volume.Write(handle, "12345");
        Assert.Equal(NtStatus.Success, volume.Query(handle, 5, out var standard));
        Assert.Equal((4096UL, 5UL), (volume.Test.Memory.ReadUInt64(standard), volume.Test.Memory.ReadUInt64(standard + 8)));
        Assert.Equal(NtStatus.Success, volume.Query(handle, 4, out var basic));
        Assert.Equal((ulong)volume.Test.Kernel.Ke.SystemTime100ns, volume.Test.Memory.ReadUInt64(basic));
        Assert.Equal(NtStatus.Success, volume.Query(handle, 9, out var name));
        Assert.Equal(@"\Windows\Temp\driver.log", Text(volume, name));
        Assert.Equal(NtStatus.InfoLengthMismatch, volume.Query(handle, 5, out _, room: 8));
        Assert.Equal(NtStatus.Success, volume.Set(handle, 20, BitConverter.GetBytes(2L)));
        volume.Read(handle, out var text, offset: 0);
        Assert.Equal("12", text);

        var information = volume.Test.Allocate(56);
        Assert.Equal(NtStatus.Success, volume.Test.Status(prefix + "QueryFullAttributesFile", volume.Test.Attributes(Log), information.Value));
        Assert.Equal((2UL, 0x80u), (volume.Test.Memory.ReadUInt64(information + 40), volume.Test.Memory.ReadUInt32(information + 48)));
        var size = volume.Test.Allocate(8);
        Assert.Equal(NtStatus.Success, volume.Test.Status("FsRtlGetFileSize", volume.FileOf(handle).Address.Value, size.Value));
        Assert.Equal(2UL, volume.Test.Memory.ReadUInt64(size));
        Assert.Equal(NtStatus.Success, volume.Test.Status(prefix + "FlushBuffersFile", handle, volume.Test.Allocate(16).Value));
        var returned = volume.Test.Allocate(8);
        Assert.Equal(NtStatus.Success, volume.Test.Status("IoQueryVolumeInformation", volume.FileOf(handle).Address.Value, 1, 24, basic.Value, returned.Value));
        Assert.Equal(volume.FileOf(handle).Vpb!.Value.SerialNumber, volume.Test.Memory.ReadUInt32(basic + 8));
        Assert.Equal(NtStatus.Success, volume.Test.Status("IoQueryFileInformation", volume.FileOf(handle).Address.Value, 5, 24, standard.Value, returned.Value));
        Assert.Equal((2UL, 24u), (volume.Test.Memory.ReadUInt64(standard + 8), volume.Test.Memory.ReadUInt32(returned)));
        volume.Test.Dispose();
    }

    [Fact]
    public void A_renamed_file_is_found_by_its_new_name_only()
    {
        var volume = new VolumeUser();
        var handle = volume.Open(Log, VolumeUser.CreateNew);
        Assert.Equal(NtStatus.Success, volume.Set(handle, 10, NewName(@"\??\C:\ProgramData\moved.log")));
        Assert.Equal(NtStatus.ObjectNameNotFound, volume.TryOpen(Log, VolumeUser.OpenOnly));
        volume.Close(volume.Open(@"\??\C:\ProgramData\moved.log", VolumeUser.OpenOnly));
        volume.Close(volume.Open(@"\??\C:\ProgramData\other.log", VolumeUser.CreateNew));
        Assert.Equal(NtStatus.ObjectNameCollision, volume.Set(handle, 10, NewName("other.log")));
        Assert.Equal(NtStatus.Success, volume.Set(handle, 10, NewName("other.log", replace: 1)));
        volume.Test.Dispose();
    }

    [Theory]
    [InlineData("Zw")]
    [InlineData("Nt")]
    public void A_directory_is_listed_in_calls_and_by_pattern(string prefix)
    {
        var volume = new VolumeUser { Prefix = prefix };
        foreach (var name in new[] { "b.txt", "a.txt", "c.dat" })
            volume.Close(volume.Open(@"\SystemRoot\Temp\" + name, VolumeUser.CreateNew));
        ulong Folder() => volume.Open(@"\SystemRoot\Temp", VolumeUser.OpenOnly, VolumeUser.GenericRead, options: 0x21);
        Assert.Equal(". .. a.txt b.txt c.dat | " + NtStatus.NoMoreFiles, volume.List(Folder(), null));
        Assert.Equal("a.txt | b.txt | " + NtStatus.NoMoreFiles, volume.List(Folder(), "*.TXT", single: true));
        Assert.Equal($"{NtStatus.NoSuchFile}", volume.List(Folder(), "*.none"));
        Assert.Equal($"{NtStatus.BufferOverflow}", volume.List(Folder(), null, room: 0x30));
        volume.Test.Dispose();
    }

    [Fact]
    public void The_file_object_stands_on_the_disk_and_its_requests_go_to_the_file_system()
    {
        var volume = new VolumeUser();
        var handle = volume.Open(Log, VolumeUser.CreateNew);
        var file = volume.FileOf(handle);
        var ob = volume.Test.Kernel.Ob;
        Assert.Equal(@"\Device\HarddiskVolume1", ob.NameOf(file.DeviceObject!.Value.Address));
        var top = new DeviceObject(volume.Test.Memory, new VirtualAddress(volume.Test.CallNow("IoGetRelatedDeviceObject", file.Address.Value)));
        Assert.Equal(@"\FileSystem\Ntfs", top.DriverObject!.Value.DriverName.ToText());
        Assert.Equal(top.Address.Value, volume.Test.CallNow("IoGetBaseFileSystemDeviceObject", file.Address.Value));
        Assert.Equal(top.Address, file.Vpb!.Value.DeviceObject!.Value.Address);
        Assert.False(file.FsContext.IsNull || file.FsContext2.IsNull || file.SectionObjectPointer.IsNull);

        // The open counts at the disk's device, as one of any device does (U-3.73).
        Assert.Equal(1, file.DeviceObject!.Value.ReferenceCount);
        var disk = file.DeviceObject!.Value;
        volume.Close(handle);
        Assert.Equal(0, disk.ReferenceCount);
        volume.Test.Dispose();
    }

    [Theory]
    [InlineData("IoVolumeDeviceToDosName")]
    [InlineData("RtlVolumeDeviceToDosName")]
    public void The_volume_has_a_letter_and_a_file_a_path_with_it(string routine)
    {
        var volume = new VolumeUser();
        var root = volume.Open(@"\SystemRoot\Temp", VolumeUser.OpenOnly, VolumeUser.GenericRead, options: 0x21);
        var handle = volume.Open("x.txt", VolumeUser.CreateNew, root: root);
        var (name, information) = (volume.Test.Allocate(16), volume.Test.Allocate(8));
        Assert.Equal(
            NtStatus.Success, volume.Test.Status(routine, volume.FileOf(handle).DeviceObject!.Value.Address.Value, name.Value));
        Assert.Equal("C:", volume.Test.Read(name.Value));
        Assert.Equal(
            NtStatus.Success,
            volume.Test.Status("IoQueryFileDosDeviceName", volume.FileOf(handle).Address.Value, information.Value));
        Assert.Equal(@"C:\Windows\Temp\x.txt", volume.Test.Read(volume.Test.Value(information)));
        Assert.Equal(NtStatus.Success, volume.Query(handle, 1, out var label, routine: "QueryVolumeInformationFile"));
        Assert.Equal(volume.FileOf(handle).Vpb!.Value.SerialNumber, volume.Test.Memory.ReadUInt32(label + 8));
        Assert.Equal(NtStatus.Success, volume.Query(handle, 5, out var attribute, routine: "QueryVolumeInformationFile"));
        Assert.Equal("NTFS", Text(volume, attribute + 8));
        volume.Test.Dispose();
    }

    [Fact]
    public void A_driver_can_read_its_own_image_file()
    {
        var volume = new VolumeUser();
        volume.Test.Install("model-legacy.sys");
        var bytes = File.ReadAllBytes(KernelTest.DriverPath("model-legacy.sys"));
        var handle = volume.Open(@"\SystemRoot\System32\drivers\model-legacy.sys", VolumeUser.OpenOnly, VolumeUser.GenericRead);
        Assert.Equal(NtStatus.Success, volume.Query(handle, 5, out var standard));
        Assert.Equal((ulong)bytes.Length, volume.Test.Memory.ReadUInt64(standard + 8));
        Assert.Equal(NtStatus.Success, volume.Read(handle, out var text, 512, 0x400));
        Assert.Equal(bytes[0x400..0x600], Encoding.Latin1.GetBytes(text));
        volume.Test.Dispose();
    }

    [Theory]
    [InlineData(@"\SystemRoot\System32\ntdll.dll")]
    [InlineData(@"\??\C:\Windows\System32\drivers\etc\hosts")]
    public void A_file_of_Windows_opens_and_its_content_stops_the_run_by_name(string path)
    {
        var volume = new VolumeUser();
        var handle = volume.Open(path, VolumeUser.OpenOnly, VolumeUser.GenericRead);
        var (iosb, buffer) = (volume.Test.Allocate(16), volume.Test.Allocate(16));
        var stop = volume.Test.RunToStop(_ => volume.Test.Call("ZwReadFile", handle, 0, 0, 0, iosb.Value, buffer.Value, 16, 0, 0));
        Assert.Contains("a file of Windows that the lab does not have", stop.ToString(), StringComparison.Ordinal);
        volume.Test.Dispose();
    }

    [Fact]
    public void Nothing_is_made_before_a_name_of_the_volume_is_asked_for()
    {
        var volume = new VolumeUser();
        var drivers = volume.Test.Kernel.Ob.AllOf(ObjectKind.Driver).Count();
        Assert.True(volume.Test.Kernel.Ob.Lookup(@"\GLOBAL??\Other").Object.IsNull);
        Assert.Equal(drivers, volume.Test.Kernel.Ob.AllOf(ObjectKind.Driver).Count());
        Assert.False(volume.Test.Kernel.Ob.Lookup(@"\FileSystem\Ntfs").Object.IsNull);
        Assert.Equal(drivers + 2, volume.Test.Kernel.Ob.AllOf(ObjectKind.Driver).Count());
        volume.Test.Dispose();
    }

    [Theory]
    [InlineData(7601, @"\Device\HarddiskVolume1\Windows")]
    [InlineData(19041, @"\Device\BootDevice\Windows")]
    public void The_system_root_leads_where_the_build_has_it(int build, string target)
    {
        var volume = new VolumeUser(new MachineOptions { Build = (NtBuild)build });
        var link = volume.Test.Kernel.Ob.Lookup(@"\SystemRoot", followFinalLink: false);
        Assert.Equal(target, new SymbolicLinkObject(volume.Test.Memory, link.Object).LinkTarget.ToText());
        volume.Close(volume.Open(@"\SystemRoot\Temp\x", VolumeUser.CreateNew));
        volume.Test.Dispose();
    }

    private static string Text(VolumeUser volume, VirtualAddress lengthAndName)
    {
        var name = new byte[volume.Test.Memory.ReadUInt32(lengthAndName)];
        volume.Test.Memory.Read(lengthAndName + 4, name);
        return Encoding.Unicode.GetString(name);
    }

    private static byte[] NewName(string name, byte replace = 0) =>
        [replace, .. new byte[15], .. BitConverter.GetBytes(name.Length * 2), .. Encoding.Unicode.GetBytes(name)];
}

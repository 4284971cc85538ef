using LastRef.Kernel;
using LastRef.Lab;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>The keyboard and the mouse that filters attach to by name.</summary>
public sealed class DesktopInputTests
{
    [Theory]
    [InlineData(@"\Device\KeyboardClass0", @"\Driver\kbdclass")]
    [InlineData(@"\Device\PointerClass0", @"\Driver\MouClass")]
    public void A_filter_attaches_by_name_and_detaches(string device, string driverName)
    {
        using var test = KernelTest.Boot();
        DesktopInput.Offer(test.Kernel);
        var filter = TestDriver.Load(test, "filter").CreateDevice("Filter");
        var below = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("IoAttachDevice", filter.Address.Value, test.Text(device), below.Value));
        var attached = new DeviceObject(test.Memory, test.Memory.ReadPointer(below));
        Assert.Equal(filter.Address, attached.AttachedDevice!.Value.Address);
        Assert.Equal(test.Kernel.Ob.Lookup(driverName).Object, attached.DriverObject!.Value.Address);

        // A driver that walks the list of modules from there meets the kernel.
        var section = attached.DriverObject!.Value.DriverSection!.Value;
        Assert.Equal(driverName[8..] + ".sys", section.BaseDllName.ToText(), ignoreCase: true);
        var at = section.InLoadOrderLinks.Flink;
        while (at != test.Kernel.Images.ModuleListHead)
            at = new ListEntry(test.Memory, at).Flink;
        Assert.Equal("ntoskrnl.exe", new KldrDataTableEntry(test.Memory, new ListEntry(test.Memory, at).Flink).BaseDllName.ToText());
        test.CallNow("IoDetachDevice", attached.Address.Value);
        Assert.Null(attached.AttachedDevice);
    }

    [Fact]
    public void A_read_waits_until_its_file_is_closed()
    {
        using var test = KernelTest.Boot();
        DesktopInput.Offer(test.Kernel);
        var process = test.Kernel.Ps.CreateProcess("app.exe");
        var opened = test.Run(_ => test.Kernel.Io.Open(new OpenRequest { Path = @"\Device\KeyboardClass0", Process = process, UserMode = true, Options = 0 }));
        Assert.Equal(NtStatus.Success, opened.Status);
        var read = test.Run(_ => test.Kernel.Io.Read(process, opened.Handle, 12));
        Assert.Equal(NtStatus.Pending, read.Status);
        test.Run(async _ => await test.Kernel.Ob.CloseHandle(process, opened.Handle));
        Assert.True(test.Kernel.Io.IsComplete(read.Pending!));
    }
}

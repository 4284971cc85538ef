using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>What drivers look up about the machine.</summary>
public sealed class SystemInformationTests
{
    [Theory]
    [InlineData(16, 8, 0x18, 8, 6, 2)]
    [InlineData(64, 0x10, 0x28, 0, 0x10, 8)]
    public void Every_open_handle_is_listed_with_its_object(ulong informationClass, int header, int entryBytes, int objectAt, int valueAt, int valueBytes)
    {
        using var test = KernelTest.Boot();
        var process = test.Kernel.Ps.CreateProcess("app.exe");
        var handle = test.Kernel.Ob.CreateHandle(process, process, 0x1234, kernelHandle: false);
        var (buffer, length) = (test.Allocate(0x1000), test.Allocate(4));
        Assert.Equal(NtStatus.InfoLengthMismatch, test.Status("ZwQuerySystemInformation", informationClass, buffer.Value, 8, length.Value));
        Assert.Equal(NtStatus.Success, test.Status("ZwQuerySystemInformation", informationClass, buffer.Value, 0x1000, length.Value));
        var count = test.Memory.ReadUInt32(buffer);
        Assert.Equal((uint)(header + (count * entryBytes)), test.Memory.ReadUInt32(length));
        var values = Enumerable.Range(0, (int)count).Select(i => buffer + header + (i * entryBytes))
            .Where(entry => test.Value(entry + objectAt) == process.Value)
            .Select(entry => valueBytes == 2 ? test.Memory.ReadUInt16(entry + valueAt) : test.Value(entry + valueAt));
        Assert.Equal([handle.Value], values);
    }

    [Fact]
    public void The_firmware_has_SMBIOS_tables_that_end()
    {
        using var test = KernelTest.Boot();
        var (buffer, length) = (test.Allocate(0x200), test.Allocate(4));
        test.Memory.WriteUInt32(buffer, 0x5253_4D42);
        test.Memory.WriteUInt32(buffer + 4, 1);
        Assert.Equal(NtStatus.BufferTooSmall, test.Status("ZwQuerySystemInformation", 76, buffer.Value, 0x10, length.Value));
        var size = test.Memory.ReadUInt32(length);
        Assert.Equal(NtStatus.Success, test.Status("ZwQuerySystemInformation", 76, buffer.Value, size, length.Value));
        var data = new byte[size - 0x10];
        test.Memory.Read(buffer + 0x10, data);
        Assert.Equal((2, 8, data.Length - 8), (data[1], data[2], BitConverter.ToInt32(data, 4)));
        var at = 8;
        var types = new List<byte>();
        while (at < data.Length)
        {
            types.Add(data[at]);
            at += data[at + 1];
            while (data[at] != 0 || data[at + 1] != 0)
                at++;
            at += 2;
        }

        Assert.Equal([0, 1, 127], types);
        test.Memory.WriteUInt32(buffer, 0x4143_5049);
        Assert.IsType<MachineStop.Unsupported>(test.RunToStop(async _ => await test.Call("ZwQuerySystemInformation", 76, buffer.Value, 0x200, 0)));
    }

    [Theory]
    [InlineData(1, new byte[] { 9, 0, 6, 0, 9, 0x3A, 1, 0, 0, 0, 0, 0 })] // one x64 processor
    [InlineData(145, new byte[] { 0, 0 })] // no secure boot
    [InlineData(149, new byte[] { 0, 0, 0 })] // no debugger
    public void The_machine_says_what_it_is(ulong informationClass, byte[] expected)
    {
        using var test = KernelTest.Boot();
        var buffer = test.Allocate(0x40);
        Assert.Equal(NtStatus.Success, test.Status("ZwQuerySystemInformation", informationClass, buffer.Value, 0x40, 0));
        var found = new byte[expected.Length];
        test.Memory.Read(buffer, found);
        Assert.Equal(expected, found);
    }

    [Fact]
    public void The_machine_was_started_from_a_BIOS()
    {
        using var test = KernelTest.Boot();
        var buffer = test.Allocate(0x20);
        Assert.Equal(NtStatus.Success, test.Status("ZwQuerySystemInformation", 90, buffer.Value, 0x20, 0));
        Assert.Equal(1u, test.Memory.ReadUInt32(buffer + 0x10));
    }

    [Fact]
    public void A_class_that_no_Windows_has_is_refused_and_one_that_the_lab_lacks_stops_the_run()
    {
        using var test = KernelTest.Boot();
        Assert.Equal(NtStatus.InvalidInfoClass, test.Status("ZwQuerySystemInformation", 0x7000, 0, 0, 0));
        var stop = Assert.IsType<MachineStop.Unsupported>(test.RunToStop(async _ => await test.Call("ZwQuerySystemInformation", 77, 0, 0, 0)));
        Assert.Equal("ZwQuerySystemInformation with class 77", stop.Name);
    }
}

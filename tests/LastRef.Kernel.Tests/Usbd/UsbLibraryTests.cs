namespace LastRef.Tests;

public sealed class UsbLibraryTests
{
    // Configuration (9), interface 0.0 of class 3 with an endpoint, a class descriptor, interface 1.0 and 1.1 of class FF.
    private static readonly byte[] _configuration =
    [
        9, 2, 50, 0, 2, 1, 0, 0x80, 50,
        9, 4, 0, 0, 1, 3, 1, 2, 0,
        7, 5, 0x81, 3, 8, 0, 10,
        7, 0x24, 0, 0, 0, 0, 0,
        9, 4, 1, 0, 0, 0xFF, 0, 0, 0,
        9, 4, 1, 1, 0, 0xFF, 0, 1, 0,
    ];

    [Fact]
    public void The_version_is_written_where_the_driver_asked_and_nowhere_else()
    {
        using var test = KernelTest.Boot();
        var version = test.Allocate(16);
        test.Memory.WriteUInt64(version + 8, 0x1122334455667788);
        Call(test, "USBD_GetUSBDIVersion", version.Value);
        Assert.Equal(0x600u, test.Memory.ReadUInt32(version));
        Assert.Equal(0x200u, test.Memory.ReadUInt32(version + 4));
        Assert.Equal(0x1122334455667788UL, test.Memory.ReadUInt64(version + 8));
    }

    [Theory]
    [InlineData(9, -1, -1, -1, 9)]
    [InlineData(9, 1, -1, -1, 32)]
    [InlineData(9, 1, 1, -1, 41)]
    [InlineData(9, -1, -1, 0xFF, 32)]
    [InlineData(41, -1, -1, 0xFF, 41)]
    [InlineData(9, 2, -1, -1, -1)]
    [InlineData(9, 0, 1, -1, -1)]
    public void An_interface_is_found_by_what_is_asked_of_it(int start, int number, int alternate, int deviceClass, int expected)
    {
        using var test = KernelTest.Boot();
        var configuration = Place(test, _configuration);
        ulong found = Parse(test, configuration, start, number, alternate, deviceClass);
        Assert.Equal(expected < 0 ? 0 : (configuration + expected).Value, found);
    }

    [Fact]
    public void A_descriptor_without_length_ends_the_search()
    {
        using var test = KernelTest.Boot();
        byte[] broken = [.. _configuration];
        broken[18] = 0;
        var configuration = Place(test, broken);
        Assert.Equal(0UL, Parse(test, configuration, 9, 1, -1, -1));
    }

    [Fact]
    public void The_search_ends_where_the_configuration_says_and_not_where_memory_does()
    {
        using var test = KernelTest.Boot();
        byte[] shorter = [.. _configuration];
        shorter[2] = 36;
        var configuration = Place(test, shorter);
        Assert.Equal(0UL, Parse(test, configuration, 9, 1, -1, -1));
    }

    private static VirtualAddress Place(KernelTest test, byte[] bytes)
    {
        var address = test.Allocate(bytes.Length);
        test.Memory.Write(address, bytes);
        return address;
    }

    // The criteria are 32 bits wide: the rest of the register is garbage.
    private static ulong Parse(KernelTest test, VirtualAddress configuration, int start, int number, int alternate, int deviceClass) =>
        Call(test, "USBD_ParseConfigurationDescriptorEx", configuration.Value, (configuration + start).Value,
            Garbage(number), Garbage(alternate), Garbage(deviceClass), Garbage(-1), Garbage(-1));

    private static ulong Garbage(int value) => 0xDEAD_BEEF_0000_0000 | (uint)value;

    private static ulong Call(KernelTest test, string routine, params ulong[] arguments)
    {
        var address = test.Kernel.Images.FindExport("USBD.SYS", routine);
        Assert.NotNull(address);
        return test.Run(_ => test.Kernel.CurrentThread.Call(address.Value, arguments));
    }
}

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

    [Fact]
    public void A_configuration_request_has_a_part_for_each_interface_of_the_list()
    {
        using var test = KernelTest.Boot();
        var configuration = Place(test, _configuration);
        var list = test.Allocate(48);
        test.Memory.WritePointer(list, configuration + 9);
        test.Memory.WritePointer(list + 16, configuration + 41);
        var urb = new VirtualAddress(Call(test, "USBD_CreateConfigurationRequestEx", configuration.Value, list.Value));
        var (first, second) = (test.Memory.ReadPointer(list + 8), test.Memory.ReadPointer(list + 24));

        // _URB_HEADER: Length 0, Function 2 (0: select configuration); then the descriptor at 18h. USBD_INTERFACE_INFORMATION: Length 0,
        // InterfaceNumber 2, AlternateSetting 3, NumberOfPipes 10h, 18h bytes and as many for each pipe.
        Assert.Equal(second + 0x18, urb + (ulong)test.Memory.ReadUInt16(urb));
        Assert.Equal((0, configuration), (test.Memory.ReadUInt16(urb + 2), test.Memory.ReadPointer(urb + 0x18)));
        Assert.Equal((0x30, 0, 0, 1u), (test.Memory.ReadUInt16(first), test.Memory.ReadByte(first + 2), test.Memory.ReadByte(first + 3), test.Memory.ReadUInt32(first + 0x10)));
        Assert.Equal(first + 0x30, second);
        Assert.Equal((0x18, 1, 1, 0u), (test.Memory.ReadUInt16(second), test.Memory.ReadByte(second + 2), test.Memory.ReadByte(second + 3), test.Memory.ReadUInt32(second + 0x10)));
        test.CallNow("ExFreePool", urb.Value);
        Assert.Null(test.Kernel.Ex.NonPagedPool.Find(urb));
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

using LastRef.Kernel;

namespace LastRef.Tests;

/// <summary>PCI configuration space as old drivers reach it, and the clock of the HAL.</summary>
public sealed class BusDataTests
{
    private const ulong PciConfiguration = 4;
    private const uint Slot = 3;

    [Fact]
    public void Configuration_space_is_read_and_written_by_offset()
    {
        using var test = KernelTest.Boot();
        var card = new Card();
        test.Kernel.Hal.Hardware = card;
        var buffer = test.Allocate(0x100);
        Assert.Equal(0x40u, (uint)test.CallNow("HalGetBusData", PciConfiguration, 0, Slot, buffer.Value, 0x40));
        Assert.Equal(0x8086, test.Memory.ReadUInt16(buffer));
        test.Memory.WriteUInt32(buffer, 0x1234_5678);
        Assert.Equal(4u, (uint)test.CallNow("HalSetBusDataByOffset", PciConfiguration, 0, Slot, buffer.Value, 0x10, 4));
        Assert.Equal([0x78, 0x56, 0x34, 0x12], card.Space[0x10..0x14]);
        test.Memory.WriteUInt16(buffer, 0xABCD);
        Assert.Equal(2u, (uint)test.CallNow("HalSetBusData", PciConfiguration, 0, Slot, buffer.Value, 2));
        Assert.Equal(0xABCD, BitConverter.ToUInt16(card.Space));
        Assert.Equal(4u, (uint)test.CallNow("HalGetBusDataByOffset", PciConfiguration, 0, Slot, buffer.Value, 0xFC, 8)); // up to the end
        Assert.Equal(0u, (uint)test.CallNow("HalSetBusDataByOffset", PciConfiguration, 0, Slot, buffer.Value, 0x100, 4));
    }

    [Fact]
    public void An_empty_slot_gives_two_bytes_of_ones()
    {
        using var test = KernelTest.Boot();
        var buffer = test.Allocate(0x100);
        Assert.Equal(2u, (uint)test.CallNow("HalGetBusData", PciConfiguration, 0, Slot, buffer.Value, 0x40));
        Assert.Equal(0xFFFFu, test.Memory.ReadUInt32(buffer));
    }

    [Fact]
    public void Other_bus_data_is_said_to_be_missing()
    {
        using var test = KernelTest.Boot();
        Assert.IsType<MachineStop.Unsupported>(test.RunToStop(async _ => await test.Call("HalGetBusData", 0, 0, 0, test.Allocate(8).Value, 8)));
    }

    [Fact]
    public void A_bus_address_is_a_system_address()
    {
        using var test = KernelTest.Boot();
        var (space, translated) = (test.Allocate(4), test.Allocate(8));
        Assert.True(test.Boolean("HalTranslateBusAddress", 5, 0, 0xFEBF_0000, space.Value, translated.Value));
        Assert.Equal((0u, 0xFEBF_0000UL), (test.Memory.ReadUInt32(space), test.Value(translated)));
    }

    [Fact]
    public void The_performance_counter_has_a_constant_frequency_and_grows_with_time()
    {
        using var test = KernelTest.Boot();
        var (frequency, interval) = (test.Allocate(8), test.Time(-10_000_000));
        var (before, after) = test.Run(async _ =>
        {
            var first = await test.Call("KeQueryPerformanceCounter", frequency.Value);
            await test.Call("KeDelayExecutionThread", 0, 0, interval);
            return (first, await test.Call("KeQueryPerformanceCounter", 0));
        });
        var perSecond = test.Value(frequency);
        Assert.InRange(after - before, perSecond, perSecond + (perSecond / 50)); // one second, and at most a clock tick more
    }

    private sealed class Card : IHardware
    {
        public byte[] Space { get; } = [0x86, 0x80, .. new byte[254]];

        public uint ReadPort(ushort port, int size) => uint.MaxValue;

        public void WritePort(ushort port, int size, uint value)
        {
        }

        public bool TryReadMsr(uint index, out ulong value)
        {
            value = 0;
            return false;
        }

        public bool TryWriteMsr(uint index, ulong value) => false;

        public void ReadConfiguration(uint bus, uint slot, uint offset, Span<byte> data)
        {
            if (slot == Slot)
                Space.AsSpan((int)offset, data.Length).CopyTo(data);
            else
                data.Fill(0xFF);
        }

        public void WriteConfiguration(uint bus, uint slot, uint offset, ReadOnlySpan<byte> data) => data.CopyTo(Space.AsSpan((int)offset));
    }
}

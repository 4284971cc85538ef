using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Bit maps as RtlInitializeBitMap makes them: a header over the driver's own words.</summary>
public sealed class BitmapTests
{
    private const uint None = uint.MaxValue;

    [Fact]
    public void The_header_points_at_the_drivers_words_and_leaves_them_alone()
    {
        using var map = new Map(40, 0xAAAA_AAAA, 0x55);
        Assert.Equal((40u, map.Buffer), (map.Header.SizeOfBitMap, map.Header.Buffer));
        Assert.Equal([0xAAAA_AAAA, 0x55u], map.Words);
    }

    [Fact]
    public void All_bits_are_set_and_cleared_by_whole_words()
    {
        using var map = new Map(40, 0, 0);
        map.Call("RtlSetAllBits");
        Assert.Equal([0xFFFF_FFFF, 0xFFFF_FFFFu], map.Words);
        map.Call("RtlClearAllBits");
        Assert.Equal([0u, 0u], map.Words);
    }

    [Fact]
    public void Single_bits_and_runs_change_only_what_they_name()
    {
        using var map = new Map(64, 0, 0);
        map.Call("RtlSetBit", 3);
        map.Call("RtlSetBits", 30, 5);
        Assert.Equal([0xC000_0008, 0x7u], map.Words);
        map.Call("RtlClearBit", 3);
        map.Call("RtlClearBits", 31, 2);
        Assert.Equal([0x4000_0000, 0x6u], map.Words);
        map.Call("RtlSetBits", 10, 0);
        Assert.Equal([0x4000_0000, 0x6u], map.Words);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(30, true)]
    [InlineData(31, true)]
    [InlineData(32, true)]
    [InlineData(35, false)]
    public void A_bit_is_tested(uint bit, bool expected)
    {
        using var map = new Map(64, 0xC000_0000, 0x7);
        Assert.Equal(expected, map.Boolean("RtlTestBit", bit));
    }

    [Theory]
    [InlineData("RtlAreBitsSet", 30, 5, true)]
    [InlineData("RtlAreBitsSet", 29, 5, false)]
    [InlineData("RtlAreBitsSet", 30, 6, false)]
    [InlineData("RtlAreBitsSet", 30, 0, false)]
    [InlineData("RtlAreBitsSet", 38, 5, false)]
    [InlineData("RtlAreBitsClear", 0, 30, true)]
    [InlineData("RtlAreBitsClear", 0, 31, false)]
    [InlineData("RtlAreBitsClear", 35, 5, true)]
    [InlineData("RtlAreBitsClear", 35, 6, false)]
    public void Runs_are_tested_and_one_past_the_end_is_neither(string routine, uint start, uint count, bool expected)
    {
        using var map = new Map(40, 0xC000_0000, 0x7);
        Assert.Equal(expected, map.Boolean(routine, start, count));
    }

    [Fact]
    public void Bits_behind_the_size_do_not_count()
    {
        using var map = new Map(36, 0x0000_FFFF, 0xFFFF_FFFF);
        Assert.Equal(20u, map.Call("RtlNumberOfSetBits"));
        Assert.Equal(16u, map.Call("RtlNumberOfClearBits"));
    }

    [Theory]
    [InlineData("RtlFindClearBits", 4, 0, 8)]
    [InlineData("RtlFindClearBits", 4, 10, 20)]
    [InlineData("RtlFindClearBits", 5, 0, 20)]
    [InlineData("RtlFindClearBits", 12, 0, 20)]
    [InlineData("RtlFindClearBits", 13, 0, None)]
    [InlineData("RtlFindClearBits", 4, 25, 25)]
    [InlineData("RtlFindClearBits", 4, 1000, 8)]
    [InlineData("RtlFindSetBits", 8, 0, 0)]
    [InlineData("RtlFindSetBits", 8, 1, 12)]
    [InlineData("RtlFindSetBits", 9, 0, None)]
    [InlineData("RtlFindSetBits", 8, 33, 0)]
    public void A_run_is_found_from_the_hint_and_then_from_the_start(string routine, uint count, uint hint, uint expected)
    {
        using var map = new Map(32, 0x000F_F0FF); // set: 0-7, 12-19
        Assert.Equal(expected, map.Call(routine, count, hint));
    }

    [Fact]
    public void A_run_is_found_and_turned_in_one_call()
    {
        using var map = new Map(32, 0x000F_F0FF);
        Assert.Equal(8u, map.Call("RtlFindClearBitsAndSet", 3, 0));
        Assert.Equal([0x000F_F7FFu], map.Words);
        Assert.Equal(0u, map.Call("RtlFindSetBitsAndClear", 9, 0));
        Assert.Equal([0x000F_F600u], map.Words);
        Assert.Equal(None, map.Call("RtlFindSetBitsAndClear", 9, 0));
        Assert.Equal([0x000F_F600u], map.Words);
    }

    [Fact]
    public void Runs_of_clear_bits_are_walked_forward()
    {
        using var map = new Map(32, 0x000F_F0FF);
        Assert.Equal((4u, 8u), map.Run("RtlFindFirstRunClear"));
        Assert.Equal((12u, 20u), map.Run("RtlFindNextForwardRunClear", 12));
        Assert.Equal((2u, 10u), map.Run("RtlFindNextForwardRunClear", 10));
        Assert.Equal(0u, map.Run("RtlFindNextForwardRunClear", 32).Length);
    }

    private sealed class Map : IDisposable
    {
        private readonly KernelTest _test = KernelTest.Boot();
        private readonly int _words;

        public Map(uint bits, params uint[] words)
        {
            _words = words.Length;
            Buffer = _test.Allocate(words.Length * 4);
            for (var i = 0; i < words.Length; i++)
                _test.Memory.WriteUInt32(Buffer + (4 * i), words[i]);
            Header = new RtlBitmap(_test.Memory, _test.Allocate(16));
            _test.CallNow("RtlInitializeBitMap", Header.Address.Value, Buffer.Value, bits);
        }

        public VirtualAddress Buffer { get; }

        public RtlBitmap Header { get; }

        public uint[] Words => [.. Enumerable.Range(0, _words).Select(i => _test.Memory.ReadUInt32(Buffer + (4 * i)))];

        public uint Call(string routine, params ulong[] arguments) => (uint)_test.CallNow(routine, [Header.Address.Value, .. arguments]);

        public bool Boolean(string routine, params ulong[] arguments) => _test.Boolean(routine, [Header.Address.Value, .. arguments]);

        public (uint Length, uint Start) Run(string routine, params ulong[] arguments)
        {
            var start = _test.Allocate(4);
            var length = Call(routine, [.. arguments, start.Value]);
            return (length, _test.Memory.ReadUInt32(start));
        }

        public void Dispose() => _test.Dispose();
    }
}

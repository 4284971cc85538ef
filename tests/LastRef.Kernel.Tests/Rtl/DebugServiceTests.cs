using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Breakpoints, assertions and small services of the run-time library.</summary>
public sealed class DebugServiceTests
{
    private const uint StatusBreakpoint = 0x8000_0003;
    private const uint SystemThreadExceptionNotHandled = 0x7E;

    [Theory]
    [InlineData("DbgBreakPoint")]
    [InlineData("DbgBreakPointWithStatus")]
    public void A_breakpoint_without_a_debugger_is_an_unhandled_exception(string routine)
    {
        using var test = KernelTest.Boot();
        var stop = test.RunToBugCheck(async _ => await test.Call(routine, 7));
        Assert.Equal((SystemThreadExceptionNotHandled, StatusBreakpoint), (stop.Code, (uint)stop.Parameter1));
    }

    [Fact]
    public void A_failed_assertion_is_printed_and_stops_the_machine()
    {
        using var test = KernelTest.Boot();
        var stop = test.RunToBugCheck(async _ => await test.Call("RtlAssert", test.Bytes("Count == 0"), test.Bytes("remove.c"), 81, test.Bytes("leak: ")));
        Assert.Equal((SystemThreadExceptionNotHandled, StatusBreakpoint), (stop.Code, (uint)stop.Parameter1));
        Assert.Equal("*** Assertion failed: leak: Count == 0 at remove.c(81)", Assert.Single(test.Kernel.Trace.Of<DebugPrintRecord>()).Text);
    }

    [Fact]
    public void No_debug_message_is_let_through_by_the_filter_and_all_are_recorded()
    {
        using var test = KernelTest.Boot();
        Assert.Equal(0u, (uint)test.CallNow("DbgQueryDebugFilterState", 77, 0));
        Assert.Equal(NtStatus.Success, test.Status("DbgSetDebugFilterState", 77, 3, 1));
        Assert.Equal(NtStatus.Success, test.Status("DbgPrintEx", 77, 3, test.Bytes("%s %d"), test.Bytes("device"), 5));
        Assert.Equal("device 5", Assert.Single(test.Kernel.Trace.Of<DebugPrintRecord>()).Text);
    }

    [Fact]
    public void Prefetching_changes_nothing_in_memory()
    {
        using var test = KernelTest.Boot();
        var block = test.Bytes("cached");
        test.CallNow("RtlPrefetchMemoryNonTemporal", block, 6);
        Assert.Equal("cached", test.ReadBytes(block));
    }

    [Theory]
    [InlineData("RtlRandom")]
    [InlineData("RtlRandomEx")]
    public void Random_numbers_stay_below_MAXLONG_and_repeat_with_their_seed(string routine)
    {
        using var test = KernelTest.Boot();
        var seed = test.Allocate(4);
        var first = Draw(1);
        Assert.Equal(first, Draw(1));
        Assert.NotEqual(first, Draw(2));
        Assert.Equal(first.Length, first.Distinct().Count());
        Assert.All(first, value => Assert.InRange(value, 0u, 0x7FFF_FFFEu));

        uint[] Draw(uint start)
        {
            test.Memory.WriteUInt32(seed, start);
            return [.. Enumerable.Range(0, 20).Select(_ => (uint)test.CallNow(routine, seed.Value))];
        }
    }

    [Theory]
    [InlineData("RtlInitAnsiString")]
    [InlineData("RtlInitString")]
    public void A_counted_string_of_bytes_points_at_its_source(string routine)
    {
        using var test = KernelTest.Boot();
        var value = new AnsiString(test.Memory, test.Allocate(16));
        var source = test.Bytes("text");
        test.CallNow(routine, value.Address.Value, source);
        Assert.Equal((4, 5, source), (value.Length, value.MaximumLength, value.Buffer.Value));
        test.CallNow(routine, value.Address.Value, 0);
        Assert.Equal((0, 0, 0UL), (value.Length, value.MaximumLength, value.Buffer.Value));
    }

    [Theory]
    [InlineData("RtlUnicodeStringToAnsiString", "RtlFreeAnsiString")]
    [InlineData("RtlUnicodeStringToOemString", "RtlFreeOemString")]
    public void A_converted_string_is_given_back_to_the_pool(string convert, string free)
    {
        using var test = KernelTest.Boot();
        var value = new AnsiString(test.Memory, test.Allocate(16));
        Assert.Equal(NtStatus.Success, test.Status(convert, value.Address.Value, test.Text("given"), 1));
        Assert.Equal(("given", 6), (test.ReadAnsiText(value.Address.Value), value.MaximumLength));
        var buffer = value.Buffer;
        test.CallNow(free, value.Address.Value);
        Assert.Equal((0, 0, 0UL), (value.Length, value.MaximumLength, value.Buffer.Value));
        Assert.True(test.Kernel.Ex.PagedPool.WasFreed(buffer) || test.Kernel.Ex.NonPagedPool.WasFreed(buffer));
        test.CallNow(free, value.Address.Value); // an empty one is left alone
    }

    [Fact]
    public void Sizes_of_conversions_count_the_terminator()
    {
        using var test = KernelTest.Boot();
        Assert.Equal(8u, (uint)test.CallNow("RtlxAnsiStringToUnicodeSize", test.AnsiText("abc")));
        Assert.Equal(8u, (uint)test.CallNow("RtlxOemStringToUnicodeSize", test.AnsiText("abc")));
        Assert.Equal(4u, (uint)test.CallNow("RtlxUnicodeStringToAnsiSize", test.Text("abc")));
        Assert.Equal(4u, (uint)test.CallNow("RtlxUnicodeStringToOemSize", test.Text("abc")));
        Assert.Equal(2u, (uint)test.CallNow("RtlxAnsiStringToUnicodeSize", test.AnsiText("")));
    }

    [Fact]
    public void Wide_and_listed_forms_of_printf_write_the_same_text()
    {
        using var test = KernelTest.Boot();
        var target = test.Allocate(128);
        var list = test.Allocate(16); // a va_list is a pointer to the arguments
        test.Memory.WriteUInt64(list, 42);
        test.Memory.WriteUInt64(list + 8, test.Wide("wide"));
        var format = test.Wide("%d %s");

        Assert.Equal(7, test.Int("swprintf", target.Value, format, 42, test.Memory.ReadUInt64(list + 8)));
        Assert.Equal("42 wide", test.ReadWide(target.Value));
        Assert.Equal(7, test.Int("_swprintf", target.Value, format, 43, test.Memory.ReadUInt64(list + 8)));
        Assert.Equal("43 wide", test.ReadWide(target.Value));
        Assert.Equal(7, test.Int("_vswprintf", target.Value, format, list.Value));
        Assert.Equal("42 wide", test.ReadWide(target.Value));
        Assert.Equal(7, test.Int("_vsnwprintf_s", target.Value, 20, ulong.MaxValue, format, list.Value));
        Assert.Equal("42 wide", test.ReadWide(target.Value));
        Assert.Equal(-1, test.Int("_vsnwprintf_s", target.Value, 20, 4, format, list.Value));
        Assert.Equal("42 w", test.ReadWide(target.Value));
        Assert.Equal(2, test.Int("_vsnprintf_s", target.Value, 20, ulong.MaxValue, test.Bytes("%d"), list.Value));
        Assert.Equal("42", test.ReadBytes(target.Value));
        Assert.Equal(-1, test.Int("_vsnprintf_s", target.Value, 20, 1, test.Bytes("%d"), list.Value));
        Assert.Equal("4", test.ReadBytes(target.Value));
    }
}

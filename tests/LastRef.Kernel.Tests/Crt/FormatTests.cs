using System.Text;
using LastRef.Kernel;

namespace LastRef.Tests;

/// <summary>printf, conversion of numbers, characters and sorting of the kernel's C library (Doc: C runtime library reference).</summary>
public sealed class FormatTests
{
    [Theory]
    [InlineData("%d", 0xFFFF_FFFFUL, "-1")]
    [InlineData("%i|", 42UL, "42|")]
    [InlineData("%u", 0xFFFF_FFFFUL, "4294967295")]
    [InlineData("%x", 0xBEEFUL, "beef")]
    [InlineData("%X", 0xBEEFUL, "BEEF")]
    [InlineData("%#x", 0xBEEFUL, "0xbeef")]
    [InlineData("%08x", 0xBEEFUL, "0000beef")]
    [InlineData("%-6d|", 7UL, "7     |")]
    [InlineData("%+d", 7UL, "+7")]
    [InlineData("% d", 7UL, " 7")]
    [InlineData("%.3d", 7UL, "007")]
    [InlineData("%o", 8UL, "10")]
    [InlineData("%c", 65UL, "A")]
    [InlineData("%%", 0UL, "%")]
    [InlineData("%I64x", 0x1_0000_0000UL, "100000000")]
    [InlineData("%llu", 0xFFFF_FFFF_FFFF_FFFFUL, "18446744073709551615")]
    [InlineData("%lld", 0xFFFF_FFFF_FFFF_FFFFUL, "-1")]
    [InlineData("%p", 0xFFFF_8000_0000_1000UL, "FFFF800000001000")]
    [InlineData("%hx", 0x1_2345UL, "2345")]
    [InlineData("%hhx", 0x1FFUL, "ff")]
    public void A_number_is_written_as_its_conversion_says(string format, ulong value, string expected)
    {
        using var test = KernelTest.Boot();
        var buffer = test.Bytes("", 64);
        Assert.Equal(expected.Length, test.Int("sprintf", buffer, test.Bytes(format), value));
        Assert.Equal(expected, test.ReadBytes(buffer));
        var wide = test.Wide("", 128);
        Assert.Equal(expected.Length, test.Int("swprintf_s", wide, 64, test.Wide(format), value));
        Assert.Equal(expected, test.ReadWide(wide));
    }

    [Fact]
    public void Strings_are_narrow_or_wide_by_conversion_and_routine()
    {
        using var test = KernelTest.Boot();
        var buffer = test.Bytes("", 128);
        var narrow = test.Bytes("narrow");
        var wide = test.Wide("wide");
        test.CallNow("sprintf", buffer, test.Bytes("%s %S %ws %ls"), narrow, wide, wide, wide);
        Assert.Equal("narrow wide wide wide", test.ReadBytes(buffer));
        test.CallNow("sprintf", buffer, test.Bytes("[%.3s] [%8s] [%-8s] [%.*s]"), narrow, narrow, narrow, 2, narrow);
        Assert.Equal("[nar] [  narrow] [narrow  ] [na]", test.ReadBytes(buffer));
        var text = test.Text(@"\Device\X");
        test.CallNow("sprintf", buffer, test.Bytes("%wZ|%Z"), text, test.AnsiText("ansi"));
        Assert.Equal(@"\Device\X|ansi", test.ReadBytes(buffer));
        var target = test.Wide("", 128);
        test.CallNow("_snwprintf", target, 64, test.Wide("%s %S %hs %wZ"), wide, narrow, narrow, text);
        Assert.Equal(@"wide narrow narrow \Device\X", test.ReadWide(target));
    }

    [Theory]
    [InlineData("_snprintf", false)]
    [InlineData("_snwprintf", true)]
    public void The_old_counted_forms_say_minus_one_and_do_not_terminate_what_is_cut(string routine, bool wide)
    {
        using var test = KernelTest.Boot();
        var buffer = wide ? test.Wide("XXXXXXXX") : test.Bytes("XXXXXXXX");
        var format = wide ? test.Wide("%d") : test.Bytes("%d");
        Assert.Equal(-1, test.Int(routine, buffer, 3, format, 12345));
        Assert.Equal("123XXXXX", wide ? test.ReadWide(buffer) : test.ReadBytes(buffer));
        Assert.Equal(3, test.Int(routine, buffer, 3, format, 678));
        Assert.Equal("678XXXXX", wide ? test.ReadWide(buffer) : test.ReadBytes(buffer));
        Assert.Equal(2, test.Int(routine, buffer, 3, format, 12));
        Assert.Equal("12", wide ? test.ReadWide(buffer) : test.ReadBytes(buffer));
    }

    [Theory]
    [InlineData("_vsnprintf", false, 8)]
    [InlineData("_vsnwprintf", true, 8)]
    [InlineData("vsprintf", false, -1)]
    [InlineData("vsprintf_s", false, 8)]
    [InlineData("vswprintf_s", true, 8)]
    public void The_list_forms_take_their_arguments_from_memory(string routine, bool wide, int room)
    {
        using var test = KernelTest.Boot();
        var list = test.Allocate(24);
        test.Memory.WriteUInt64(list, 17);
        test.Memory.WriteUInt64(list + 8, 'x');
        var buffer = wide ? test.Wide("", 64) : test.Bytes("", 64);
        var format = wide ? test.Wide("%d-%c") : test.Bytes("%d-%c");
        var length = room < 0
            ? test.Int(routine, buffer, format, list.Value)
            : test.Int(routine, buffer, (ulong)room, format, list.Value);
        Assert.Equal(4, length);
        Assert.Equal("17-x", wide ? test.ReadWide(buffer) : test.ReadBytes(buffer));
    }

    [Theory]
    [InlineData("_snprintf_s", false)]
    [InlineData("_snwprintf_s", true)]
    public void The_safe_counted_forms_always_terminate(string routine, bool wide)
    {
        const ulong Truncate = ulong.MaxValue;
        using var test = KernelTest.Boot();
        var buffer = wide ? test.Wide("XXXXXXXX") : test.Bytes("XXXXXXXX");
        var format = wide ? test.Wide("%d") : test.Bytes("%d");
        Assert.Equal(-1, test.Int(routine, buffer, 4, Truncate, format, 12345));
        Assert.Equal("123", wide ? test.ReadWide(buffer) : test.ReadBytes(buffer));
        Assert.Equal(2, test.Int(routine, buffer, 4, 3, format, 12));
        Assert.Equal("12", wide ? test.ReadWide(buffer) : test.ReadBytes(buffer));
    }

    [Fact]
    public void The_safe_form_returns_the_length_that_it_wrote()
    {
        using var test = KernelTest.Boot();
        var buffer = test.Bytes("", 16);
        Assert.Equal(5, test.Int("sprintf_s", buffer, 16, test.Bytes("%d"), 12345));
        Assert.Equal("12345", test.ReadBytes(buffer));
    }

    [Theory]
    [InlineData("atoi", "  -42x", -42)]
    [InlineData("atol", "+17", 17)]
    [InlineData("atoi", "x", 0)]
    [InlineData("_wtoi", " 0042", 42)]
    [InlineData("_wtol", "-1", -1)]
    public void A_decimal_number_is_read_up_to_the_first_other_character(string routine, string text, int expected)
    {
        using var test = KernelTest.Boot();
        Assert.Equal(expected, test.Int(routine, routine[0] == '_' ? test.Wide(text) : test.Bytes(text)));
    }

    [Theory]
    [InlineData("0x1Fz", 0, 31, 4)]
    [InlineData("017", 0, 15, 3)]
    [InlineData("19", 8, 1, 1)]
    [InlineData("zz", 36, 1295, 2)]
    [InlineData("none", 10, 0, 0)]
    public void A_number_in_any_base_says_where_it_ends(string text, int numberBase, int expected, int end)
    {
        using var test = KernelTest.Boot();
        var rest = test.Allocate(8);
        var wide = test.Wide(text);
        Assert.Equal((uint)expected, (uint)test.CallNow("wcstoul", wide, rest.Value, (ulong)numberBase));
        Assert.Equal(wide + (ulong)(2 * end), test.Memory.ReadUInt64(rest));
        var narrow = test.Bytes(text);
        Assert.Equal((ulong)expected, test.CallNow("_strtoui64", narrow, rest.Value, (ulong)numberBase));
        Assert.Equal(narrow + (ulong)end, test.Memory.ReadUInt64(rest));
    }

    [Theory]
    [InlineData(255, 16, "ff")]
    [InlineData(-1, 10, "-1")]
    [InlineData(-1, 16, "ffffffff")]
    [InlineData(0, 2, "0")]
    [InlineData(5, 2, "101")]
    public void A_number_is_written_in_a_base(int value, int numberBase, string expected)
    {
        using var test = KernelTest.Boot();
        var narrow = test.Bytes("", 64);
        Assert.Equal(narrow, test.CallNow("_itoa", unchecked((uint)value), narrow, (ulong)numberBase));
        Assert.Equal(expected, test.ReadBytes(narrow));
        var wide = test.Wide("", 128);
        Assert.Equal(wide, test.CallNow("_itow", unchecked((uint)value), wide, (ulong)numberBase));
        Assert.Equal(expected, test.ReadWide(wide));
        Assert.Equal(0, test.Int("_itoa_s", unchecked((uint)value), narrow, 40, (ulong)numberBase));
        Assert.Equal(expected, test.ReadBytes(narrow));
        Assert.Equal(0, test.Int("_itow_s", unchecked((uint)value), wide, 40, (ulong)numberBase));
        Assert.Equal(expected, test.ReadWide(wide));
        Assert.NotEqual(0, test.Int("_itoa_s", unchecked((uint)value), narrow, (ulong)expected.Length, (ulong)numberBase));
        Assert.Equal("", test.ReadBytes(narrow));
    }

    [Theory]
    [InlineData("isdigit", "09", "/:aA")]
    [InlineData("isxdigit", "09afAF", "gG/:")]
    [InlineData("islower", "az", "AZ0")]
    [InlineData("isupper", "AZ", "az0")]
    [InlineData("isspace", " \t\r\n", "a0")]
    [InlineData("isprint", " ~A", "\u0001\u007f")]
    public void Characters_have_classes(string routine, string inside, string outside)
    {
        using var test = KernelTest.Boot();
        Assert.All(inside, c => Assert.NotEqual(0, test.Int(routine, c)));
        Assert.All(outside, c => Assert.Equal(0, test.Int(routine, c)));
    }

    [Theory]
    [InlineData("toupper", 'q', 'Q')]
    [InlineData("tolower", 'Q', 'q')]
    [InlineData("toupper", '1', '1')]
    [InlineData("towupper", 'q', 'Q')]
    [InlineData("towlower", 'Q', 'q')]
    public void A_character_changes_case(string routine, char from, char to)
    {
        using var test = KernelTest.Boot();
        Assert.Equal(to, test.Int(routine, from));
    }

    [Fact]
    public void Qsort_sorts_and_bsearch_finds_with_the_callers_comparison()
    {
        using var test = KernelTest.Boot();
        int[] values = [5, -3, 9, 0, 9, 2, 7];
        var array = test.Allocate(4 * values.Length);
        for (var i = 0; i < values.Length; i++)
            test.Memory.WriteUInt32(array + (4 * i), (uint)values[i]);
        var compare = test.Routine(a => GuestTask.FromResult(
            (ulong)(uint)((int)test.Memory.ReadUInt32(new VirtualAddress(a[0]))).CompareTo((int)test.Memory.ReadUInt32(new VirtualAddress(a[1])))));
        test.CallNow("qsort", array.Value, (ulong)values.Length, 4, compare.Value);
        Assert.Equal(values.Order(), Enumerable.Range(0, values.Length).Select(i => (int)test.Memory.ReadUInt32(array + (4 * i))));
        var key = test.Allocate(4);
        test.Memory.WriteUInt32(key, 7);
        Assert.Equal((array + 16).Value, test.CallNow("bsearch", key.Value, array.Value, (ulong)values.Length, 4, compare.Value));
        test.Memory.WriteUInt32(key, 8);
        Assert.Equal(0UL, test.CallNow("bsearch", key.Value, array.Value, (ulong)values.Length, 4, compare.Value));
    }

    [Fact]
    public void Random_numbers_follow_the_seed()
    {
        using var test = KernelTest.Boot();
        test.CallNow("srand", 1);

        // The sequence of the C runtime: seed * 214013 + 2531011, bits 16 to 30.
        Assert.Equal([41, 18467, 6334], Enumerable.Range(0, 3).Select(_ => test.Int("rand")));
        test.CallNow("srand", 1);
        Assert.Equal(41, test.Int("rand"));
    }

    [Fact]
    public void Debug_output_is_formatted_and_recorded()
    {
        using var test = KernelTest.Boot();
        var list = test.Allocate(8);
        test.Memory.WriteUInt64(list, 3);
        Assert.Equal(0, test.Int("DbgPrint", test.Bytes("a %d"), 1));
        Assert.Equal(0, test.Int("DbgPrintEx", 77, 0, test.Bytes("b %d"), 2));
        Assert.Equal(0, test.Int("vDbgPrintEx", 77, 0, test.Bytes("c %d"), list.Value));
        Assert.Equal(0, test.Int("vDbgPrintExWithPrefix", test.Bytes("p: "), 77, 0, test.Bytes("d %d"), list.Value));
        Assert.Equal(0, test.Int("DbgPrintReturnControlC", test.Bytes("e %d"), 5));
        Assert.Equal(["a 1", "b 2", "c 3", "p: d 3", "e 5"], test.Kernel.Trace.Of<DebugPrintRecord>().Select(r => r.Text));
    }
}

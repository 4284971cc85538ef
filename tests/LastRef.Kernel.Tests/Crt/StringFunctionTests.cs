using LastRef.Kernel;

namespace LastRef.Tests;

/// <summary>The C library's routines on bytes and strings, as ntoskrnl exports them (Doc: C runtime library reference).</summary>
public sealed class StringFunctionTests
{
    [Theory]
    [InlineData("strcmp", "abc", "abd", -1)]
    [InlineData("strcmp", "abc", "abc", 0)]
    [InlineData("strcmp", "abcd", "abc", 1)]
    [InlineData("strcmp", "\u00ff", "a", 1)]
    [InlineData("_stricmp", "DEVICE", "device", 0)]
    [InlineData("_stricmp", "a", "B", -1)]
    [InlineData("wcscmp", "abc", "abd", -1)]
    [InlineData("wcscmp", "abc", "ABC", 1)]
    [InlineData("_wcsicmp", "abC", "ABc", 0)]
    [InlineData("_wcsicmp", "[", "a", -1)]
    public void Comparison_has_the_sign_of_the_first_difference(string routine, string left, string right, int sign)
    {
        using var test = KernelTest.Boot();
        Assert.Equal(sign, Math.Sign(test.Int(routine, Put(test, routine, left), Put(test, routine, right))));
    }

    [Theory]
    [InlineData("strncmp", "abcX", "abcY", 3, 0)]
    [InlineData("strncmp", "abcX", "abcY", 4, -1)]
    [InlineData("strncmp", "ab", "abc", 9, -1)]
    [InlineData("_strnicmp", "ABCX", "abcy", 3, 0)]
    [InlineData("wcsncmp", "abcY", "abcX", 4, 1)]
    [InlineData("wcsncmp", "abcY", "abcX", 0, 0)]
    [InlineData("_wcsnicmp", @"\DEVICE\x", @"\device\y", 8, 0)]
    [InlineData("_wcsnicmp", @"\DEVICE\x", @"\device\y", 9, -1)]
    public void Counted_comparison_stops_at_the_count_or_the_end(string routine, string left, string right, int count, int sign)
    {
        using var test = KernelTest.Boot();
        Assert.Equal(sign, Math.Sign(test.Int(routine, Put(test, routine, left), Put(test, routine, right), (ulong)count)));
    }

    [Theory]
    [InlineData("strlen", "", 0)]
    [InlineData("strlen", "driver", 6)]
    [InlineData("wcslen", "", 0)]
    [InlineData("wcslen", "driver", 6)]
    public void Length_leaves_out_the_terminator(string routine, string text, int length)
    {
        using var test = KernelTest.Boot();
        Assert.Equal(length, test.Int(routine, Put(test, routine, text)));
    }

    [Theory]
    [InlineData("strnlen", 10, 6)]
    [InlineData("strnlen", 4, 4)]
    [InlineData("wcsnlen", 10, 6)]
    [InlineData("wcsnlen", 0, 0)]
    public void Bounded_length_stops_at_the_bound(string routine, int bound, int length)
    {
        using var test = KernelTest.Boot();
        Assert.Equal(length, test.Int(routine, Put(test, routine, "driver"), (ulong)bound));
    }

    [Theory]
    [InlineData("strchr", "path/to/file", '/', 4)]
    [InlineData("strrchr", "path/to/file", '/', 7)]
    [InlineData("strchr", "path", '/', -1)]
    [InlineData("strrchr", "path", '/', -1)]
    [InlineData("strchr", "path", '\0', 4)]
    [InlineData("wcschr", "path/to/file", '/', 4)]
    [InlineData("wcsrchr", "path/to/file", '/', 7)]
    [InlineData("wcschr", "path", '/', -1)]
    [InlineData("wcsrchr", "path", '\0', 4)]
    public void A_character_is_found_where_it_is_or_nowhere(string routine, string text, char wanted, int index)
    {
        using var test = KernelTest.Boot();
        var address = Put(test, routine, text);
        Assert.Equal(index < 0 ? 0 : At(routine, address, index), test.CallNow(routine, address, wanted));
    }

    [Theory]
    [InlineData("strstr", "PCI\\VEN_8086", "VEN_", 4)]
    [InlineData("strstr", "PCI\\VEN_8086", "DEV_", -1)]
    [InlineData("strstr", "abc", "", 0)]
    [InlineData("strstr", "aab", "ab", 1)]
    [InlineData("wcsstr", "PCI\\VEN_8086", "VEN_", 4)]
    [InlineData("wcsstr", "PCI\\VEN_8086", "ven_", -1)]
    [InlineData("wcsstr", "abc", "", 0)]
    public void A_string_is_found_in_another(string routine, string text, string wanted, int index)
    {
        using var test = KernelTest.Boot();
        var address = Put(test, routine, text);
        Assert.Equal(index < 0 ? 0 : At(routine, address, index), test.CallNow(routine, address, Put(test, routine, wanted)));
    }

    [Theory]
    [InlineData("strspn", "123abc", "321", 3)]
    [InlineData("wcsspn", "123abc", "321", 3)]
    [InlineData("wcscspn", "abc;def", ";:", 3)]
    [InlineData("wcscspn", "abc", ";:", 3)]
    public void Spans_are_counted(string routine, string text, string set, int count)
    {
        using var test = KernelTest.Boot();
        Assert.Equal(count, test.Int(routine, Put(test, routine, text), Put(test, routine, set)));
    }

    [Theory]
    [InlineData("strcpy", "")]
    [InlineData("strcat", "old")]
    [InlineData("wcscpy", "")]
    [InlineData("wcscat", "old")]
    public void Copy_replaces_and_concatenation_appends_and_both_return_the_destination(string routine, string kept)
    {
        using var test = KernelTest.Boot();
        var destination = Put(test, routine, "old");
        Assert.Equal(destination, test.CallNow(routine, destination, Put(test, routine, "new one")));
        Assert.Equal(kept + "new one", Get(test, routine, destination));
    }

    [Theory]
    [InlineData("strncpy")]
    [InlineData("wcsncpy")]
    public void Counted_copy_pads_with_zeros_and_does_not_terminate_what_is_cut(string routine)
    {
        using var test = KernelTest.Boot();
        var destination = Put(test, routine, "XXXXXXXX");
        test.CallNow(routine, destination, Put(test, routine, "ab"), 4);
        Assert.Equal("ab", Get(test, routine, destination));
        Assert.Equal("", Get(test, routine, At(routine, destination, 3)));
        Assert.Equal("XXXX", Get(test, routine, At(routine, destination, 4)));
        test.CallNow(routine, destination, Put(test, routine, "abcdef"), 3);
        Assert.Equal("abc", Get(test, routine, destination)[..3]);
        Assert.Equal("", Get(test, routine, At(routine, destination, 3)));
    }

    [Theory]
    [InlineData("strncat")]
    [InlineData("wcsncat")]
    public void Counted_concatenation_always_terminates(string routine)
    {
        using var test = KernelTest.Boot();
        var destination = Put(test, routine, "ab");
        test.CallNow(routine, destination, Put(test, routine, "cdef"), 2);
        Assert.Equal("abcd", Get(test, routine, destination));
    }

    [Theory]
    [InlineData("strcpy_s")]
    [InlineData("wcscpy_s")]
    public void Safe_copy_refuses_what_does_not_fit_and_empties_the_destination(string routine)
    {
        const int Erange = 34, Einval = 22;
        using var test = KernelTest.Boot();
        var destination = Put(test, routine, "old");
        Assert.Equal(0, test.Int(routine, destination, 4, Put(test, routine, "new")));
        Assert.Equal("new", Get(test, routine, destination));
        Assert.Equal(Erange, test.Int(routine, destination, 4, Put(test, routine, "newer")));
        Assert.Equal("", Get(test, routine, destination));
        Assert.Equal(Einval, test.Int(routine, 0, 4, Put(test, routine, "x")));
    }

    [Theory]
    [InlineData("strcat_s")]
    [InlineData("wcscat_s")]
    public void Safe_concatenation_refuses_what_does_not_fit(string routine)
    {
        const int Erange = 34;
        using var test = KernelTest.Boot();
        var destination = Put(test, routine, "ab");
        Assert.Equal(0, test.Int(routine, destination, 5, Put(test, routine, "cd")));
        Assert.Equal("abcd", Get(test, routine, destination));
        Assert.Equal(Erange, test.Int(routine, destination, 5, Put(test, routine, "e")));
        Assert.Equal("", Get(test, routine, destination));
    }

    [Theory]
    [InlineData("strncpy_s")]
    [InlineData("wcsncpy_s")]
    public void Safe_counted_copy_terminates_and_truncates_only_when_asked(string routine)
    {
        const int Erange = 34, Struncate = 80;
        const ulong Truncate = ulong.MaxValue;
        using var test = KernelTest.Boot();
        var destination = Put(test, routine, "old");
        Assert.Equal(0, test.Int(routine, destination, 8, Put(test, routine, "abcdef"), 3));
        Assert.Equal("abc", Get(test, routine, destination));
        Assert.Equal(Struncate, test.Int(routine, destination, 4, Put(test, routine, "abcdef"), Truncate));
        Assert.Equal("abc", Get(test, routine, destination));
        Assert.Equal(Erange, test.Int(routine, destination, 4, Put(test, routine, "abcdef"), 5));
        Assert.Equal("", Get(test, routine, destination));
    }

    [Theory]
    [InlineData("strncat_s")]
    [InlineData("wcsncat_s")]
    public void Safe_counted_concatenation_appends_the_count(string routine)
    {
        using var test = KernelTest.Boot();
        var destination = Put(test, routine, "ab");
        Assert.Equal(0, test.Int(routine, destination, 8, Put(test, routine, "cdef"), 2));
        Assert.Equal("abcd", Get(test, routine, destination));
    }

    [Theory]
    [InlineData("_strupr", "PCI\\VEN_8086\u00e4", "PCI\\VEN_8086\u00e4")]
    [InlineData("_strupr", "abz[{", "ABZ[{")]
    [InlineData("_strlwr", "ABZ[{", "abz[{")]
    [InlineData("_wcsupr", "abz[{", "ABZ[{")]
    [InlineData("_wcslwr", "ABZ[{", "abz[{")]
    public void Case_is_changed_in_place(string routine, string text, string expected)
    {
        using var test = KernelTest.Boot();
        var address = Put(test, routine, text);
        Assert.Equal(address, test.CallNow(routine, address));
        Assert.Equal(expected, Get(test, routine, address));
    }

    [Fact]
    public void Memory_is_set_copied_moved_compared_and_searched()
    {
        using var test = KernelTest.Boot();
        var area = test.Bytes("0123456789");
        Assert.Equal(area, test.CallNow("memset", area, 0x1_41, 3));
        Assert.Equal("AAA3456789", test.ReadBytes(area));
        Assert.Equal(area + 1, test.CallNow("memmove", area + 1, area, 5));
        Assert.Equal("AAAA346789", test.ReadBytes(area));
        Assert.Equal(area, test.CallNow("memmove", area, area + 4, 6));
        Assert.Equal("3467896789", test.ReadBytes(area));
        Assert.Equal(area, test.CallNow("memcpy", area, test.Bytes("zyx"), 3));
        Assert.Equal("zyx7896789", test.ReadBytes(area));
        Assert.True(test.Int("memcmp", area, test.Bytes("zyw"), 3) > 0);
        Assert.Equal(0, test.Int("memcmp", area, test.Bytes("zyw"), 2));
        Assert.True(test.Int("memcmp", test.Bytes("a\u0001"), test.Bytes("a\u00ff"), 2) < 0);
        Assert.Equal(area + 3, test.CallNow("memchr", area, '7', 10));
        Assert.Equal(0UL, test.CallNow("memchr", area, '7', 3));
    }

    [Fact]
    public void Safe_memory_copies_refuse_what_does_not_fit()
    {
        const int Erange = 34;
        using var test = KernelTest.Boot();
        var area = test.Bytes("0123456789");
        Assert.Equal(0, test.Int("memcpy_s", area, 4, test.Bytes("wxyz"), 4));
        Assert.Equal("wxyz456789", test.ReadBytes(area));
        Assert.Equal(Erange, test.Int("memcpy_s", area, 2, test.Bytes("abcd"), 4));
        Assert.Equal(0, test.Memory.ReadUInt16(new VirtualAddress(area)));
        Assert.Equal(Erange, test.Int("memmove_s", area, 2, test.Bytes("abcd"), 4));
        Assert.Equal(0, test.Int("memmove_s", area, 10, area + 3, 3));
        Assert.Equal("z45z456789", test.ReadBytes(area));
    }

    private static bool IsWide(string routine) => routine.Contains("wcs", StringComparison.Ordinal);

    private static ulong Put(KernelTest test, string routine, string text) => IsWide(routine) ? test.Wide(text) : test.Bytes(text);

    private static string Get(KernelTest test, string routine, ulong address) => IsWide(routine) ? test.ReadWide(address) : test.ReadBytes(address);

    private static ulong At(string routine, ulong address, int index) => address + (ulong)(IsWide(routine) ? index * 2 : index);
}

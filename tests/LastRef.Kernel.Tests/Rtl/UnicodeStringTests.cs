using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>UNICODE_STRING and ANSI_STRING routines (Doc: WDK reference, run-time library).</summary>
public sealed class UnicodeStringTests
{
    private static readonly NtStatus _bufferOverflow = new(unchecked((int)0x8000_0005));
    private static readonly NtStatus _bufferTooSmall = new(unchecked((int)0xC000_0023));

    [Fact]
    public void A_string_is_initialised_from_text_and_from_none()
    {
        using var test = KernelTest.Boot();
        var text = test.Wide("name");
        var value = new UnicodeString(test.Memory, test.Allocate(16));
        test.CallNow("RtlInitUnicodeString", value.Address.Value, text);
        Assert.Equal((8, 10, text), (value.Length, value.MaximumLength, value.Buffer.Value));
        test.CallNow("RtlInitUnicodeString", value.Address.Value, 0);
        Assert.Equal((0, 0, 0UL), (value.Length, value.MaximumLength, value.Buffer.Value));
        Assert.Equal(NtStatus.Success, test.Status("RtlInitUnicodeStringEx", value.Address.Value, text));
        Assert.Equal("name", value.ToText());
        Assert.Equal(NtStatus.NameTooLong, test.Status("RtlInitUnicodeStringEx", value.Address.Value, test.Wide(new string('x', 32767))));
        Assert.Equal(NtStatus.Success, test.Status("RtlInitAnsiStringEx", value.Address.Value, test.Bytes("abc")));
        Assert.Equal((3, 4), (value.Length, value.MaximumLength));
    }

    [Fact]
    public void Appending_needs_room_for_all_of_it()
    {
        using var test = KernelTest.Boot();
        var target = test.Room(12, "ab");
        Assert.Equal(NtStatus.Success, test.Status("RtlAppendUnicodeStringToString", target, test.Text("cd")));
        Assert.Equal("abcd", test.Read(target));
        Assert.Equal(NtStatus.Success, test.Status("RtlAppendUnicodeToString", target, test.Wide("ef")));
        Assert.Equal("abcdef", test.Read(target));
        Assert.Equal(_bufferTooSmall, test.Status("RtlAppendUnicodeToString", target, test.Wide("g")));
        Assert.Equal(_bufferTooSmall, test.Status("RtlAppendUnicodeStringToString", target, test.Text("g")));
        Assert.Equal("abcdef", test.Read(target));
        Assert.Equal(NtStatus.Success, test.Status("RtlAppendUnicodeToString", target, 0));
        var ansi = test.AnsiText("ab", 2);
        Assert.Equal(NtStatus.Success, test.Status("RtlAppendStringToString", ansi, test.AnsiText("cd")));
        Assert.Equal("abcd", test.ReadAnsiText(ansi));
        Assert.Equal(_bufferTooSmall, test.Status("RtlAppendStringToString", ansi, test.AnsiText("e")));
    }

    [Fact]
    public void Copying_cuts_at_the_destinations_room()
    {
        using var test = KernelTest.Boot();
        var target = test.Room(6, "xyz");
        test.CallNow("RtlCopyUnicodeString", target, test.Text("abcdef"));
        Assert.Equal("abc", test.Read(target));
        test.CallNow("RtlCopyUnicodeString", target, test.Text("d"));
        Assert.Equal("d", test.Read(target));
        test.CallNow("RtlCopyUnicodeString", target, 0);
        Assert.Equal("", test.Read(target));
        var ansi = test.AnsiText("xy");
        test.CallNow("RtlCopyString", ansi, test.AnsiText("abc"));
        Assert.Equal("ab", test.ReadAnsiText(ansi));
    }

    [Theory]
    [InlineData("abc", "abd", false, -1)]
    [InlineData("abc", "ab", false, 1)]
    [InlineData("abc", "ABC", false, 1)]
    [InlineData("abc", "ABC", true, 0)]
    [InlineData("\u00e4", "\u00c4", true, 0)]
    [InlineData("", "", false, 0)]
    public void Comparison_is_by_code_unit_or_by_upper_case(string left, string right, bool ignoreCase, int sign)
    {
        using var test = KernelTest.Boot();
        var insensitive = ignoreCase ? 1UL : 0;
        Assert.Equal(sign, Math.Sign(test.Int("RtlCompareUnicodeString", test.Text(left), test.Text(right), insensitive)));
        Assert.Equal(sign == 0, test.Boolean("RtlEqualUnicodeString", test.Text(left), test.Text(right), insensitive));
    }

    [Theory]
    [InlineData("abc", "abd", false, -1)]
    [InlineData("abc", "ABC", true, 0)]
    [InlineData("abc", "ab", true, 1)]
    public void Byte_strings_compare_likewise(string left, string right, bool ignoreCase, int sign)
    {
        using var test = KernelTest.Boot();
        var insensitive = ignoreCase ? 1UL : 0;
        Assert.Equal(sign, Math.Sign(test.Int("RtlCompareString", test.AnsiText(left), test.AnsiText(right), insensitive)));
        Assert.Equal(sign == 0, test.Boolean("RtlEqualString", test.AnsiText(left), test.AnsiText(right), insensitive));
    }

    [Theory]
    [InlineData(@"\Device", @"\Device\X", false, true)]
    [InlineData(@"\DEVICE", @"\Device\X", false, false)]
    [InlineData(@"\DEVICE", @"\Device\X", true, true)]
    [InlineData(@"\Device\X", @"\Device", true, false)]
    [InlineData("", "x", false, true)]
    public void A_prefix_is_found(string prefix, string text, bool ignoreCase, bool expected)
    {
        using var test = KernelTest.Boot();
        var insensitive = ignoreCase ? 1UL : 0;
        Assert.Equal(expected, test.Boolean("RtlPrefixUnicodeString", test.Text(prefix), test.Text(text), insensitive));
        Assert.Equal(expected, test.Boolean("RtlPrefixString", test.AnsiText(prefix), test.AnsiText(text), insensitive));
    }

    [Fact]
    public void A_created_string_owns_pool_that_RtlFreeUnicodeString_gives_back()
    {
        using var test = KernelTest.Boot();
        var value = new UnicodeString(test.Memory, test.Allocate(16));
        Assert.True(test.Boolean("RtlCreateUnicodeString", value.Address.Value, test.Wide("owned")));
        Assert.Equal(("owned", (ushort)10, (ushort)12), (value.ToText(), value.Length, value.MaximumLength));
        var buffer = value.Buffer;
        Assert.NotNull(test.Kernel.Ex.PagedPool.Find(buffer) ?? test.Kernel.Ex.NonPagedPool.Find(buffer));
        test.CallNow("RtlFreeUnicodeString", value.Address.Value);
        Assert.Equal((0, 0, 0UL), (value.Length, value.MaximumLength, value.Buffer.Value));
        Assert.True(test.Kernel.Ex.PagedPool.WasFreed(buffer) || test.Kernel.Ex.NonPagedPool.WasFreed(buffer));
    }

    [Fact]
    public void Duplicating_terminates_or_allocates_nothing_as_asked()
    {
        using var test = KernelTest.Boot();
        var value = new UnicodeString(test.Memory, test.Allocate(16));
        Assert.Equal(NtStatus.Success, test.Status("RtlDuplicateUnicodeString", 0, test.Text("ab"), value.Address.Value));
        Assert.Equal((4, 4), (value.Length, value.MaximumLength));
        Assert.Equal(NtStatus.Success, test.Status("RtlDuplicateUnicodeString", 1, test.Text("ab"), value.Address.Value));
        Assert.Equal((4, 6, 0), (value.Length, value.MaximumLength, test.Memory.ReadUInt16(value.Buffer + 4)));
        Assert.Equal(NtStatus.Success, test.Status("RtlDuplicateUnicodeString", 1, test.Text(""), value.Address.Value));
        Assert.True(value.Buffer.IsNull);
        Assert.Equal(NtStatus.Success, test.Status("RtlDuplicateUnicodeString", 3, test.Text(""), value.Address.Value));
        Assert.Equal((0, 2), (value.Length, value.MaximumLength));
        Assert.False(value.Buffer.IsNull);
    }

    [Fact]
    public void Bytes_become_characters_and_characters_bytes()
    {
        using var test = KernelTest.Boot();
        var wide = test.Room(8);
        Assert.Equal(NtStatus.Success, test.Status("RtlAnsiStringToUnicodeString", wide, test.AnsiText("abc"), 0));
        Assert.Equal("abc", test.Read(wide));
        Assert.Equal(_bufferOverflow, test.Status("RtlAnsiStringToUnicodeString", wide, test.AnsiText("abcd"), 0));
        var owned = new UnicodeString(test.Memory, test.Allocate(16));
        Assert.Equal(NtStatus.Success, test.Status("RtlAnsiStringToUnicodeString", owned.Address.Value, test.AnsiText("\u0080"), 1));
        Assert.Equal("\u20ac", owned.ToText());
        Assert.Equal(NtStatus.Success, test.Status("RtlOemStringToUnicodeString", owned.Address.Value, test.AnsiText("\u0081"), 1));
        Assert.Equal("\u00fc", owned.ToText());

        Assert.Equal(NtStatus.Success, test.Status("RtlUnicodeStringToAnsiString", owned.Address.Value, test.Text("x\u20ac"), 1));
        Assert.Equal("x\u0080", test.ReadAnsiText(owned.Address.Value));
        Assert.Equal((2, 3), (owned.Length, owned.MaximumLength));
        Assert.Equal(NtStatus.Success, test.Status("RtlUnicodeStringToOemString", owned.Address.Value, test.Text("\u00fc"), 1));
        Assert.Equal("\u0081", test.ReadAnsiText(owned.Address.Value));
        Assert.Equal(NtStatus.Success, test.Status("RtlUnicodeStringToAnsiString", owned.Address.Value, test.Text("\u4e00"), 1));
        Assert.Equal("?", test.ReadAnsiText(owned.Address.Value));
        Assert.Equal(_bufferOverflow, test.Status("RtlUnicodeStringToAnsiString", test.AnsiText("", 3), test.Text("abcdef"), 0));
    }

    [Fact]
    public void Counted_conversions_say_how_much_they_wrote()
    {
        using var test = KernelTest.Boot();
        var wrote = test.Allocate(4);
        var target = test.Allocate(16);
        Assert.Equal(NtStatus.Success, test.Status("RtlUnicodeToMultiByteN", target.Value, 3, wrote.Value, test.Wide("abcdef"), 12));
        Assert.Equal(("abc", 3u), (test.ReadBytes(target.Value), test.Memory.ReadUInt32(wrote)));
        Assert.Equal(NtStatus.Success, test.Status("RtlUnicodeToOemN", target.Value, 8, wrote.Value, test.Wide("\u00fc"), 2));
        Assert.Equal((0x81, 1u), (test.Memory.ReadByte(target), test.Memory.ReadUInt32(wrote)));
        Assert.Equal(NtStatus.Success, test.Status("RtlMultiByteToUnicodeN", target.Value, 4, wrote.Value, test.Bytes("xyz"), 3));
        Assert.Equal(("xy", 4u), (test.ReadWide(target.Value)[..2], test.Memory.ReadUInt32(wrote)));
        Assert.Equal(NtStatus.Success, test.Status("RtlOemToUnicodeN", target.Value, 4, wrote.Value, test.Bytes("\u0081"), 1));
        Assert.Equal((0xFC, 2u), (test.Memory.ReadUInt16(target), test.Memory.ReadUInt32(wrote)));
        Assert.Equal(NtStatus.Success, test.Status("RtlMultiByteToUnicodeSize", wrote.Value, test.Bytes("xyz"), 3));
        Assert.Equal(6u, test.Memory.ReadUInt32(wrote));
        Assert.Equal(NtStatus.Success, test.Status("RtlUnicodeToMultiByteSize", wrote.Value, test.Wide("xyz"), 6));
        Assert.Equal(3u, test.Memory.ReadUInt32(wrote));
        var source = test.Allocate(8);
        test.Memory.WriteUInt64(source, test.Bytes("\u0080z"));
        var start = test.Memory.ReadUInt64(source);
        Assert.Equal(0x20AC, test.Int("RtlAnsiCharToUnicodeChar", source.Value));
        Assert.Equal(start + 1, test.Memory.ReadUInt64(source));
    }

    [Fact]
    public void Case_is_that_of_the_unicode_table()
    {
        using var test = KernelTest.Boot();
        var target = test.Room(8);
        Assert.Equal(NtStatus.Success, test.Status("RtlUpcaseUnicodeString", target, test.Text("a\u00e4z1"), 0));
        Assert.Equal("A\u00c4Z1", test.Read(target));
        Assert.Equal(NtStatus.Success, test.Status("RtlDowncaseUnicodeString", target, test.Text("A\u00c4Z1"), 0));
        Assert.Equal("a\u00e4z1", test.Read(target));
        Assert.Equal(_bufferOverflow, test.Status("RtlUpcaseUnicodeString", target, test.Text("12345"), 0));
        Assert.Equal('\u00c4', test.Int("RtlUpcaseUnicodeChar", '\u00e4'));
        Assert.Equal('\u00e4', test.Int("RtlDowncaseUnicodeChar", '\u00c4'));
        Assert.Equal('Q', test.Int("RtlUpperChar", 'q'));
        var ansi = test.AnsiText("....");
        test.CallNow("RtlUpperString", ansi, test.AnsiText("abc1"));
        Assert.Equal("ABC1", test.ReadAnsiText(ansi));
    }

    [Fact]
    public void The_x65599_hash_multiplies_and_adds()
    {
        using var test = KernelTest.Boot();
        var hash = test.Allocate(4);
        var expected = "AB".Aggregate(0u, (sum, c) => unchecked((sum * 65599) + c));
        Assert.Equal(NtStatus.Success, test.Status("RtlHashUnicodeString", test.Text("AB"), 0, 1, hash.Value));
        Assert.Equal(expected, test.Memory.ReadUInt32(hash));
        Assert.Equal(NtStatus.Success, test.Status("RtlHashUnicodeString", test.Text("ab"), 1, 0, hash.Value));
        Assert.Equal(expected, test.Memory.ReadUInt32(hash));
        Assert.Equal(NtStatus.InvalidParameter, test.Status("RtlHashUnicodeString", test.Text("ab"), 1, 5, hash.Value));
    }
}

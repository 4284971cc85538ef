using LastRef.Kernel;

namespace LastRef.Tests;

/// <summary>Images looked into by drivers, and file names.</summary>
public sealed class ImageTests
{
    [Fact]
    public void An_image_in_memory_has_headers_directories_and_exports()
    {
        using var test = KernelTest.Boot();
        var kernel = test.Kernel.Images.Loaded[0].Base;
        var header = new VirtualAddress(test.CallNow("RtlImageNtHeader", kernel.Value));
        Assert.Equal(0x4550u, test.Memory.ReadUInt32(header));
        var size = test.Allocate(4);
        var exports = test.CallNow("RtlImageDirectoryEntryToData", kernel.Value, 1, 0, size.Value);
        Assert.Equal(kernel.Value + test.Memory.ReadUInt32(header + 0x88), exports);
        Assert.Equal(test.Memory.ReadUInt32(header + 0x8C), test.Memory.ReadUInt32(size));
        Assert.Equal(0UL, test.CallNow("RtlImageDirectoryEntryToData", kernel.Value, 1, 5, size.Value)); // no relocations
        Assert.Equal(0UL, test.CallNow("RtlImageDirectoryEntryToData", kernel.Value, 1, 99, size.Value));
        foreach (var routine in new[] { "IoCreateDevice", "ZwClose", "DbgPrint" })
            Assert.Equal(test.Export(routine).Value, test.CallNow("RtlFindExportedRoutineByName", kernel.Value, test.Bytes(routine)));
        Assert.Equal(0UL, test.CallNow("RtlFindExportedRoutineByName", kernel.Value, test.Bytes("NoSuchRoutine")));
        Assert.Equal(0UL, test.CallNow("RtlImageNtHeader", test.Allocate(64).Value));
        Assert.Equal(0UL, test.CallNow("RtlImageNtHeader", 0));
    }

    [Fact]
    public void Counted_characters_compare_as_strings_do()
    {
        using var test = KernelTest.Boot();
        Assert.Equal(0, test.Int("RtlCompareUnicodeStrings", test.Wide("abc"), 3, test.Wide("ABC"), 3, 1));
        Assert.True(test.Int("RtlCompareUnicodeStrings", test.Wide("abc"), 3, test.Wide("ABC"), 3, 0) > 0);
        Assert.True(test.Int("RtlCompareUnicodeStrings", test.Wide("ab"), 2, test.Wide("abc"), 3, 0) < 0);
        Assert.Equal(0, test.Int("RtlCompareUnicodeStrings", test.Wide("abX"), 2, test.Wide("abY"), 2, 0));
    }

    [Theory]
    [InlineData("*", "ANYTHING.AT.ALL", true)]
    [InlineData("*.SYS", "DRIVER.SYS", true)]
    [InlineData("*.SYS", "DRIVER.SYSX", false)]
    [InlineData("A*B*C", "AxxBxxC", true)]
    [InlineData("A*B*C", "AxxBxx", false)]
    [InlineData("?.TXT", "A.TXT", true)]
    [InlineData("?.TXT", "AB.TXT", false)]
    [InlineData("<.TXT", "A.B.TXT", true)] // DOS_STAR ends at the last dot
    [InlineData("<", "A.B", false)]
    [InlineData("<", "AB", true)]
    [InlineData("A>>.TXT", "A.TXT", true)] // DOS_QM may stand for nothing before a dot
    [InlineData("A>>", "A", true)]
    [InlineData("A>>", "ABC", true)]
    [InlineData("A>>", "ABCD", false)]
    [InlineData("A\"", "A", true)] // DOS_DOT stands for a dot or the end
    [InlineData("A\"B", "A.B", true)]
    [InlineData("A\"B", "AxB", false)]
    [InlineData("", "A", false)]
    [InlineData("A", "", false)]
    [InlineData("", "", true)]
    public void A_name_matches_a_pattern(string pattern, string name, bool matches)
    {
        using var test = KernelTest.Boot();
        Assert.Equal(matches, test.Boolean("FsRtlIsNameInExpression", test.Text(pattern), test.Text(name), 0, 0));
    }

    [Fact]
    public void Case_is_folded_in_the_name_when_asked_for()
    {
        using var test = KernelTest.Boot();
        Assert.True(test.Boolean("FsRtlIsNameInExpression", test.Text("*.SYS"), test.Text("driver.sys"), 1, 0));
        Assert.False(test.Boolean("FsRtlIsNameInExpression", test.Text("*.SYS"), test.Text("driver.sys"), 0, 0));
        Assert.True(test.Boolean("FsRtlAreNamesEqual", test.Text("driver.sys"), test.Text("DRIVER.SYS"), 1, 0));
        Assert.False(test.Boolean("FsRtlAreNamesEqual", test.Text("driver.sys"), test.Text("DRIVER.SYS"), 0, 0));
        Assert.True(test.Boolean("FsRtlDoesNameContainWildCards", test.Text("a<b")));
        Assert.False(test.Boolean("FsRtlDoesNameContainWildCards", test.Text("a.b")));
    }

    [Theory]
    [InlineData(@"\first\second\third", "first", @"second\third")]
    [InlineData("alone", "alone", "")]
    [InlineData(@"\", "", "")]
    [InlineData("", "", "")]
    public void A_path_is_split_at_its_first_separator(string path, string first, string remaining)
    {
        using var test = KernelTest.Boot();
        var (head, tail) = (test.Room(2), test.Room(2));
        test.CallNow("FsRtlDissectName", test.Text(path), head, tail);
        Assert.Equal((first, remaining), (test.Read(head), test.Read(tail)));
    }

    [Fact]
    public void A_pattern_of_many_stars_takes_no_more_than_its_length_times_the_names()
    {
        using var test = KernelTest.Boot();
        var pattern = string.Concat(Enumerable.Repeat("*A", 200));
        Assert.False(test.Boolean("FsRtlIsNameInExpression", test.Text(pattern), test.Text(new string('A', 199) + "B"), 0, 0));
    }
}

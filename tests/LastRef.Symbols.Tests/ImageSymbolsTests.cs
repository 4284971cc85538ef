using LastRef.Symbols;
using Xunit;

namespace LastRef.Tests;

public sealed class ImageSymbolsTests
{
    private static ImageSymbols Load(PeImage image, MemoryFiles? files = null, params string[] folders) =>
        ImageSymbols.Load(image, "drivers/" + image.DisplayName, folders, files ?? new MemoryFiles());

    private static MemoryFiles WithPdb(string path) => new MemoryFiles().With(path, Fixture.Pdb());

    private static void AssertFindsDriverEntry(ImageSymbols symbols, PeImage image)
    {
        var location = symbols.Find(image.AddressOfEntryPoint);
        Assert.Equal(("DriverEntry", 0L, "fixture.c"), (location?.Function, location?.FunctionOffset, location?.ShortFile));
        Assert.Empty(symbols.Problems);
        Assert.Null(symbols.Unmatched);
    }

    [Theory]
    [InlineData("gcc-dwarf4")]
    [InlineData("gcc-dwarf5")]
    [InlineData("clang-dwarf4")]
    [InlineData("clang-dwarf5")]
    [InlineData("clang-pdb")]
    public void Every_address_of_code_has_the_function_and_line_that_LLVM_finds(string name)
    {
        var symbols = Load(Fixture.Parse(name), WithPdb("drivers/clang-pdb.pdb"));
        var known = 0;
        foreach (var (rva, function, file, line) in Fixture.Expected(name))
        {
            // Names of functions without line data come from the symbol table, which LLVM does not consult.
            if (function is null)
                continue;
            var location = symbols.Find(rva);
            known++;
            Assert.Equal((rva, function), (rva, location?.Function));
            // Where two lines begin at the first byte of a function we take the later, the statement; LLVM takes the earlier from a PDB.
            if (name == "clang-pdb" && location!.FunctionOffset == 0)
                continue;
            Assert.Equal((rva, file, line), (rva, location?.File, location?.Line ?? 0));
        }
        Assert.InRange(known, 200, 400);
        Assert.Empty(symbols.Problems);
    }

    [Fact]
    public void Inlined_code_counts_as_the_line_that_called_it()
    {
        var image = Fixture.Parse("gcc-dwarf4");
        var symbols = Load(image);
        Assert.All(
            Enumerable.Range((int)image.Sections[0].Rva.Value, (int)image.Sections[0].VirtualSize).Select(rva => symbols.Find(new Rva((uint)rva))),
            location => Assert.NotEqual("fixture.h", location?.ShortFile));

        // Strict DWARF 2 has no call sites for inlined code: there the header's own line is all that is known.
        var old = Load(Fixture.Parse("gcc-dwarf2")).Find(new Rva(0x1018));
        Assert.Equal(("Helper", "/fixture/fixture.h", 5), (old?.Function, old?.File, old?.Line));
    }

    [Fact]
    public void The_COFF_symbol_table_names_functions_when_debug_data_is_stripped()
    {
        var image = Fixture.Parse("gcc-coff");
        var symbols = Load(image);
        var checkedCount = 0;
        foreach (var (rva, function, _, _) in Fixture.Expected("gcc-dwarf4").Where(row => row.Function is not null))
        {
            var location = symbols.Find(rva);
            Assert.Equal((rva, function, null), (rva, location?.Function, location?.File));
            checkedCount++;
        }
        Assert.True(checkedCount >= 200);
    }

    [Fact]
    public void Without_any_debug_data_nothing_is_claimed()
    {
        var image = Fixture.Parse("gcc-stripped");
        var symbols = Load(image);
        Assert.All(Enumerable.Range(0, 0x3000), rva => Assert.Null(symbols.Find(new Rva((uint)rva))));
        Assert.Empty(symbols.Problems);
    }

    [Fact]
    public void An_export_names_its_own_function_and_no_other()
    {
        var builder = PeBuilder.Driver();
        builder.AddUnwind((0x1000, 0x1004, [1, 0, 0, 0]), (0x1010, 0x1020, [1, 0, 0, 0]));
        var symbols = Load(PeImage.Parse(builder.Build(), "export.sys"));

        Assert.Equal(("DllInitialize", 3L), (symbols.Find(new Rva(0x1003))?.Function, symbols.Find(new Rva(0x1003))?.FunctionOffset));
        // DllUnload is a leaf without unwind data; the bytes behind it may still be its own.
        Assert.Equal("DllUnload+0x2", symbols.Find(new Rva(0x1006))?.Symbol);
        // A function of which only the unwind data is known is not the export in front of it.
        Assert.Null(symbols.Find(new Rva(0x1012)));
        Assert.Null(symbols.Find(new Rva(0x1022)));
    }

    [Fact]
    public void A_PDB_is_found_beside_the_image_under_the_image_s_name()
    {
        var image = PeImage.Parse(Fixture.Image("clang-pdb"), "renamed.sys");
        AssertFindsDriverEntry(Load(image, WithPdb("drivers/renamed.pdb")), image);
    }

    [Fact]
    public void A_PDB_is_found_beside_the_image_under_its_recorded_name_whatever_the_case()
    {
        var image = PeImage.Parse(Fixture.Image("clang-pdb"), "renamed.sys");
        AssertFindsDriverEntry(Load(image, WithPdb("drivers/Clang-PDB.pdb")), image);
    }

    [Fact]
    public void A_PDB_is_found_in_a_symbol_folder_and_in_a_symbol_store()
    {
        var image = Fixture.Parse("clang-pdb");
        AssertFindsDriverEntry(Load(image, WithPdb("symbols/clang-pdb.pdb"), "empty", "symbols"), image);
        var key = image.DebugDirectory!.Guid.ToString("N").ToUpperInvariant() + "1";
        AssertFindsDriverEntry(Load(image, WithPdb($"store/clang-pdb.pdb/{key}/clang-pdb.pdb"), "store"), image);
    }

    [Fact]
    public void A_PDB_of_another_build_is_not_used_and_is_named()
    {
        var bytes = Fixture.Image("clang-pdb");
        var record = bytes.AsSpan().IndexOf("RSDS"u8);
        bytes[record + 4] ^= 0xFF;
        var image = PeImage.Parse(bytes, "clang-pdb.sys");
        var symbols = Load(image, WithPdb("drivers/clang-pdb.pdb"));

        Assert.Null(symbols.Find(new Rva(0x1004))?.Line);
        var own = image.DebugDirectory!.Guid.ToString("N").ToUpperInvariant();
        bytes[record + 4] ^= 0xFF;
        var other = PeImage.Parse(bytes, "x").DebugDirectory!.Guid.ToString("N").ToUpperInvariant();
        Assert.Equal($"drivers/clang-pdb.pdb is of another build: it is {other}1, clang-pdb.sys asks for {own}1", symbols.Unmatched);
    }

    [Fact]
    public void A_broken_or_foreign_PDB_does_not_hide_a_good_one()
    {
        var image = Fixture.Parse("clang-pdb");
        var files = WithPdb("good/clang-pdb.pdb").With("drivers/clang-pdb.pdb", "Microsoft C/C++ MSF 7.00\r\n\u001aDS\0\0\0"u8.ToArray()).With("text/clang-pdb.pdb", [1]);
        var symbols = Load(image, files, "text", "good");

        Assert.Equal("DriverEntry", symbols.Find(image.AddressOfEntryPoint)?.Function);
        Assert.Null(symbols.Unmatched);
        Assert.Equal(2, symbols.Problems.Count);
        Assert.Equal("text/clang-pdb.pdb: not a PDB of the MSF 7.00 format", symbols.Problems[1]);
    }

    [Fact]
    public void Nothing_is_read_before_the_first_question_and_the_recorded_folder_never()
    {
        var builder = PeBuilder.Driver();
        builder.AddDebug(Guid.Empty, 1, @"\\server\share\..\evil.pdb");
        var image = PeImage.Parse(builder.Build(), "driver.sys");
        var files = new MemoryFiles();
        var symbols = ImageSymbols.Load(image, "drivers/driver.sys", [], files);
        Assert.Empty(files.Asked);

        symbols.Find(new Rva(0x1000));
        Assert.Equal(["drivers/driver.pdb", "drivers/evil.pdb"], files.Asked);
    }

    [Fact]
    public void An_image_without_a_record_matches_no_PDB()
    {
        var symbols = Load(Fixture.Parse("gcc-coff"), WithPdb("drivers/gcc-coff.pdb"));
        Assert.Equal("drivers/gcc-coff.pdb cannot be matched: gcc-coff.sys does not say which PDB belongs to it", symbols.Unmatched);
    }

    [Fact]
    public void A_bound_that_is_reached_is_reported_and_the_next_source_is_asked()
    {
        static (ImageSymbols Symbols, SourceLocation? Entry) Limited(string name, ImageLimits limits)
        {
            var image = Fixture.Parse(name);
            var symbols = ImageSymbols.Load(image, name + ".sys", [], WithPdb("clang-pdb.pdb"), limits);
            return (symbols, symbols.Find(image.AddressOfEntryPoint));
        }

        var (dwarf, fromCoff) = Limited("gcc-dwarf4", new() { DebugRecords = 200 });
        Assert.Equal(("DriverEntry", null), (fromCoff?.Function, fromCoff?.File));
        Assert.Equal("gcc-dwarf4.sys: its DWARF data has more than 200 entries and attributes", Assert.Single(dwarf.Problems));

        Assert.EndsWith("has more than 1 units", Assert.Single(Limited("gcc-dwarf5", new() { Units = 1 }).Symbols.Problems), StringComparison.Ordinal);
        Assert.EndsWith("has more than 3 rows", Assert.Single(Limited("gcc-dwarf5", new() { LineRecords = 3 }).Symbols.Problems), StringComparison.Ordinal);
        Assert.EndsWith("has more than 3 lines", Assert.Single(Limited("clang-pdb", new() { LineRecords = 3 }).Symbols.Problems), StringComparison.Ordinal);
        Assert.Equal("clang-pdb.pdb: too large", Assert.Single(Limited("clang-pdb", new() { SymbolFileBytes = 1000 }).Symbols.Problems));
    }

    [Fact]
    public void Short_names_know_both_separators()
    {
        Assert.Equal("a.c", new SourceLocation("f", 0, @"c:\src\a.c", 1).ShortFile);
        Assert.Equal("b.c", new SourceLocation("f", 0, "/src/b.c", 1).ShortFile);
        Assert.Equal("f+0x1c", new SourceLocation("f", 28, null, null).Symbol);
        Assert.Equal("f-0x10", new SourceLocation("f", -16, null, null).Symbol);
        Assert.Null(new SourceLocation(null, 0, "x", 1).Symbol);
    }
}

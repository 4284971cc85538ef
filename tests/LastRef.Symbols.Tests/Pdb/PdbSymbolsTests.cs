using LastRef.Symbols;
using Xunit;

namespace LastRef.Tests;

public sealed class PdbSymbolsTests
{
    private static ImageSymbols Load(PdbBuilder pdb, Action<List<byte[]>>? change = null) => Load(pdb.Build(change));

    private static ImageSymbols Load(byte[] pdb)
    {
        var image = PeImage.Parse(PeBuilder.Driver().Build(), "driver.sys");
        return ImageSymbols.Load(image, "driver.sys", [], new MemoryFiles().With("driver.pdb", pdb));
    }

    private static string? At(ImageSymbols symbols, uint rva)
    {
        var location = symbols.Find(new Rva(rva));
        return location is null ? null : $"{location.Symbol} {location.ShortFile}:{location.Line}";
    }

    [Fact]
    public void A_procedure_ends_where_it_ends()
    {
        var symbols = Load(new PdbBuilder().Procedure("Entry", 0, 5).Procedure("Static", 0x10, 4, kind: 0x110F).Thunk("Import", 0x20, 6));

        Assert.Equal("Entry+0x4 :", At(symbols, 0x1004));
        Assert.Null(At(symbols, 0x1005));
        Assert.Equal("Static :", At(symbols, 0x1010));
        Assert.Equal("Import+0x5 :", At(symbols, 0x1025));
        Assert.Null(At(symbols, 0x1026));
        Assert.Empty(symbols.Problems);
    }

    [Fact]
    public void A_line_holds_until_the_next_one_or_the_end_of_its_function()
    {
        var symbols = Load(new PdbBuilder().Procedure("Entry", 0, 0x10).Lines(@"c:\src\a.c", 0, 0x10, (0, 7), (4, 9), (0xC, 0xFEEFEE)));

        Assert.Equal("Entry+0x3 a.c:7", At(symbols, 0x1003));
        Assert.Equal("Entry+0xb a.c:9", At(symbols, 0x100B));
        Assert.Equal("Entry+0xc a.c:", At(symbols, 0x100C));
        Assert.Null(At(symbols, 0x1010));
        Assert.Equal(@"c:\src\a.c", symbols.Find(new Rva(0x1000))?.File);
    }

    [Fact]
    public void Blocks_of_one_function_may_interleave()
    {
        var pdb = new PdbBuilder().Procedure("Entry", 0, 0x20).Lines("a.c", 0, 0x20, (0, 1), (0x10, 2)).Lines("later.c", 0x8, 0x4, (0, 50));
        var symbols = Load(pdb);

        Assert.Equal("Entry+0x9 later.c:50", At(symbols, 0x1009));
        Assert.Equal("Entry+0x10 a.c:2", At(symbols, 0x1010));
    }

    [Fact]
    public void Folded_functions_go_by_the_first_name_and_its_lines()
    {
        var symbols = Load(new PdbBuilder()
            .Procedure("First", 0, 8).Procedure("Second", 0, 8).Lines("a.c", 0, 8, (0, 10)).Lines("a.c", 0, 8, (0, 20), (4, 21)));

        Assert.Equal("First+0x4 a.c:10", At(symbols, 0x1004));
    }

    [Fact]
    public void Code_moved_out_of_a_function_keeps_its_name()
    {
        var symbols = Load(new PdbBuilder().Procedure("Entry", 0x20, 8).Separated(0x8, 4, parent: 0x20).Separated(0x30, 4, parent: 0x20));

        Assert.Equal("Entry-0x16 :", At(symbols, 0x100A));
        Assert.Equal("Entry+0x11 :", At(symbols, 0x1031));
    }

    [Fact]
    public void Public_symbols_name_what_no_procedure_does()
    {
        var symbols = Load(new PdbBuilder { ContributionBytes = 0 }.Public("DriverEntry", 0).Public("Data", 0x2, flags: 0).Public("Leaf", 0x8));

        Assert.Equal("DriverEntry+0x4 :", At(symbols, 0x1004));
        Assert.Equal("Leaf+0x1 :", At(symbols, 0x1009));
    }

    [Fact]
    public void The_age_of_either_stream_may_match_and_the_identity_must()
    {
        Assert.Null(Load(new PdbBuilder { InfoAge = 9 }).Unmatched);
        Assert.Null(Load(new PdbBuilder { DbiAge = 9 }).Unmatched);
        Assert.EndsWith(
            "it is 0123456789ABCDEF0123456789ABCDEF4, driver.sys asks for 0123456789ABCDEF0123456789ABCDEF3",
            Load(new PdbBuilder { InfoAge = 4, DbiAge = 4 }).Unmatched, StringComparison.Ordinal);
        Assert.NotNull(Load(new PdbBuilder { Guid = Guid.Empty }).Unmatched);
    }

    [Fact]
    public void A_rearranged_image_is_refused_rather_than_misread()
    {
        var symbols = Load(new PdbBuilder { Rearranged = true }.Procedure("Entry", 0, 5));

        Assert.Null(At(symbols, 0x1010));
        Assert.Equal("driver.pdb: the image was rearranged after linking (OMAP), which is not supported", Assert.Single(symbols.Problems));
    }

    [Fact]
    public void A_broken_module_leaves_the_public_symbols()
    {
        var pdb = new PdbBuilder().Procedure("Entry", 0, 5).Public("DriverEntry", 0);
        var symbols = Load(pdb, streams => streams[7][5] = 0xFF);

        Assert.Equal("DriverEntry :", At(symbols, 0x1000));
        Assert.StartsWith("driver.pdb: the symbols of a module at offset 0x6 needs", Assert.Single(symbols.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Streams_that_share_blocks_cannot_multiply_the_file()
    {
        const int Copies = 32;
        var pdb = new PdbBuilder { ModuleCopies = Copies, ContributionBytes = 2 };
        for (var filler = 0; filler < 100; filler++)
            pdb.Procedure(new string('x', 4000), 0x1000, 1);
        for (uint copy = 0; copy < Copies; copy++)
            pdb.Procedure($"F{copy}", 2 * copy, 2);
        var bytes = pdb.Build();
        Assert.True(bytes.Length < 600_000);
        var symbols = Load(bytes);

        Assert.Equal("F0 :", At(symbols, 0x1000));
        for (uint copy = 1; copy < Copies; copy++)
            At(symbols, 0x1000 + 2 * copy);
        Assert.Equal("driver.pdb: its streams share blocks and add up to more than four times the file", Assert.Single(symbols.Problems));
        // The file is not trusted any more; the export is still known.
        Assert.Equal("DllInitialize :", At(symbols, 0x1000));
    }

    [Fact]
    public void A_stream_larger_than_the_file_is_refused()
    {
        var bytes = new PdbBuilder().Procedure("Entry", 0, 5).Build();
        var mapBlock = BitConverter.ToUInt32(bytes, 52);
        var directory = BitConverter.ToUInt32(bytes, (int)mapBlock * PdbBuilder.BlockSize);
        BitConverter.GetBytes(0xFFFF_FFFEu).CopyTo(bytes, (int)directory * PdbBuilder.BlockSize + 4 + 4 * 7);
        var symbols = Load(bytes);

        Assert.Null(symbols.Unmatched);
        Assert.Contains("has stream 7 with 0xfffffffe bytes", Assert.Single(symbols.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_compressed_PDB_is_named_as_such()
    {
        var symbols = Load("Microsoft MSFZ Container\r\n"u8.ToArray());
        Assert.Null(symbols.Unmatched);
        Assert.Equal("driver.pdb: a compressed PDB (MSFZ), which cannot be read; expand it first", Assert.Single(symbols.Problems));
    }
}

using System.IO.Compression;
using System.Text;
using LastRef.Symbols;

namespace LastRef.Tests;

/// <summary>PDBs and ISF files as sources of layouts: the same structures come out the same.</summary>
public class SymbolFileTests
{
    [Theory]
    [InlineData("plain")]
    [InlineData("gzip")]
    [InlineData("xz")]
    public void An_ISF_gives_structures_enumerations_and_addresses(string packing)
    {
        var file = IsfFile.Read(Isf(packing), "test.json");
        Assert.Equal(new CodeViewRecord(new Guid("01234567-89AB-CDEF-0123-456789ABCDEF"), 3, "test.pdb"), file.Identity);
        Assert.Equal(Expected, Rows(Assert.Single(file.ReadStructures(), s => s.Name == "_NODE")));
        Assert.Equal([new("Blue", -2), new("Red", 1)], Assert.Single(file.ReadEnumerations()).Constants);
        Assert.Equal(new Rva(0x2010), file.FindSymbol("PsTestList"));
        Assert.Null(file.FindSymbol("PsOther"));
    }

    [Fact]
    public void A_PDB_gives_the_same_structures()
    {
        var file = PdbSymbolFile.Read(Pdb(), "test.pdb");
        Assert.Equal(Expected, Rows(Assert.Single(file.ReadStructures(), s => s.Name == "_NODE")));
        Assert.Equal(64, file.ReadStructures().Single(s => s.Name == "_NODE").Size);
        Assert.Equal([new("Blue", -2), new("Red", 1)], Assert.Single(file.ReadEnumerations()).Constants);
        Assert.Equal(4, file.ReadEnumerations()[0].Size);
    }

    [Fact]
    public void Both_make_one_layout_that_the_views_use()
    {
        foreach (ISymbolFile file in (ISymbolFile[])[PdbSymbolFile.Read(Pdb(), "test.pdb"), IsfFile.Read(Isf("xz"), "test.json.xz")])
        {
            var layout = TypeLayout.Of((NtBuild)12345, file.FileName, file.ReadStructures(), file.ReadEnumerations());
            Assert.True(layout.TryGetField("_NODE", "Inner.Deep", out var field));
            Assert.Equal((48, 4), (field.Offset, field.Size));
            Assert.Equal(1, layout.Enumeration("_COLOUR")!.TryGetValue("Red", out var value) ? value : 0);

            // What no public file describes is still there.
            Assert.NotNull(layout.Structure("_SHUTDOWN_PACKET"));
        }
    }

    [Fact]
    public void Real_structures_in_a_PDB_of_a_driver_lie_where_the_kernels_symbols_have_them()
    {
        var file = PdbSymbolFile.Read(Fixture.Pdb("types"), "types.pdb");
        var kernel = TypeLayout.For(NtBuild.Windows10_2004);
        var compared = 0;
        foreach (var structure in file.ReadStructures())
        {
            // The headers that drivers are compiled with and the kernel share these.
            if (structure.Name is not ("_DRIVER_OBJECT" or "_DEVICE_OBJECT" or "_IRP" or "_FILE_OBJECT" or "_LIST_ENTRY" or "_UNICODE_STRING" or "_MDL"
                or "_DRIVER_EXTENSION" or "_KDEVICE_QUEUE" or "_IO_STATUS_BLOCK" or "_VPB" or "_KEVENT" or "_IO_STACK_LOCATION"))
                continue;
            var ours = kernel.Structure(structure.Name)!;
            foreach (var field in structure.Fields.Where(field => !field.Name.Contains('.', StringComparison.Ordinal)))
            {
                if (!ours.TryGetField(field.Name, out var same))
                    continue;
                Assert.True(
                    (same.Offset, same.Size, same.IsArray) == (field.Offset, field.Size, field.IsArray),
                    $"{structure.Name}.{field.Name}: {field.Offset:x}/{field.Size} here, {same.Offset:x}/{same.Size} in the kernel");
                compared++;
            }
        }

        Assert.InRange(compared, 100, 1000);
    }

    [Fact]
    public void Every_public_symbol_is_found_through_the_hash_table()
    {
        // The linker's table of this file misses one name, which is found among all.
        var pdb = new PdbFile(Fixture.Pdb(), "clang-pdb.pdb", ImageLimits.Default);
        var publics = new PdbPublics(pdb);
        var image = Fixture.Parse("clang-pdb");
        var byHash = 0;
        var records = new ByteCursor(pdb.ReadSymbolRecords(), "pdb", "records");
        var found = 0;
        while (records.Remaining >= 4)
        {
            var record = new ByteCursor(records.Take(records.U16()), "pdb", "record");
            if (record.U16() != CodeViewKind.Public32)
                continue;
            record.Skip(4);
            var offset = record.U32();
            var section = record.U16();
            var name = record.CString(4096);
            Assert.Equal(new Rva(image.Sections[section - 1].Rva.Value + offset), publics.Find(name));
            found++;
            byHash += publics.FindByHash(name) is null ? 0 : 1;
        }

        Assert.InRange(found, 10, 10_000);
        Assert.InRange(byHash, found - 1, found);
        Assert.NotEmpty(pdb.ReadPublics());
        Assert.Null(publics.Find("NoSuchSymbol"));
    }

    [Fact]
    public void Types_that_lead_to_themselves_or_are_of_an_unknown_kind_cost_their_structure_and_no_more()
    {
        var types = new PdbTypeBuilder();
        var loop = types.Fields(PdbTypeBuilder.Member("A", 0x22, 0), PdbTypeBuilder.Continuation(0x1000));
        types.Structure("_LOOP", loop, 8);
        types.Structure("_UNKNOWN_MEMBER", types.Fields([0x99, 0x15, 0, 0]), 8);
        types.Modifier(0x1005);
        types.Structure("_SELF", types.Fields(PdbTypeBuilder.Member("Me", 0x1005, 0)), 8);
        types.Structure("_GOOD", types.Fields(PdbTypeBuilder.Method("Run"), PdbTypeBuilder.Member("B", 0x13, 8)), 16);
        var file = PdbSymbolFile.Read(Pdb(types), "test.pdb");
        var structures = file.ReadStructures().ToDictionary(s => s.Name);
        Assert.DoesNotContain("_LOOP", structures.Keys);
        Assert.DoesNotContain("_UNKNOWN_MEMBER", structures.Keys);
        Assert.Equal(8, structures["_GOOD"].Fields.Single().Offset);
    }

    [Theory]
    [InlineData("{", "JSON breaks off")]
    [InlineData("[]", "no ISF of a Windows kernel")]
    [InlineData("{\"metadata\":{\"windows\":{\"pdb\":{\"machine_type\":43620}}},\"user_types\":{}}", "x64 only")]
    [InlineData("{\"metadata\":{\"windows\":{\"pdb\":{}}},\"user_types\":{}}", "which PDB")]
    public void What_is_no_ISF_is_refused(string json, string expected)
    {
        var error = Assert.Throws<ImageFormatException>(() => IsfFile.Read(Encoding.UTF8.GetBytes(json), "bad.json"));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_packed_file_that_is_damaged_or_asks_for_too_much_is_refused()
    {
        var xz = SampleIsf.Xz;
        Assert.Contains("cannot be unpacked", Assert.Throws<ImageFormatException>(() => IsfFile.Read(xz.AsMemory(0, xz.Length / 2), "cut.xz")).Message, StringComparison.Ordinal);
        var greedy = (byte[])xz.Clone();
        greedy[16] = 40;
        Assert.Contains("dictionary", Assert.Throws<ImageFormatException>(() => IsfFile.Read(greedy, "greedy.xz")).Message, StringComparison.Ordinal);
        Assert.Contains(
            "unpacks to more", Assert.Throws<ImageFormatException>(() => IsfFile.Read(Isf("gzip"), "large.gz", new ImageLimits { SymbolFileBytes = 1000 })).Message,
            StringComparison.Ordinal);
    }

    internal static byte[] Isf(string packing)
    {
        var plain = Encoding.UTF8.GetBytes(SampleIsf.Json);
        if (packing == "plain")
            return plain;
        if (packing == "xz")
            return SampleIsf.Xz;
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(plain);
        return packed.ToArray();
    }

    /// <summary>The structures of <see cref="SampleIsf"/>, as a compiler writes them.</summary>
    internal static byte[] Pdb(PdbTypeBuilder? types = null)
    {
        if (types is null)
        {
            types = new PdbTypeBuilder();
            var forward = types.Structure("_NODE", 0, 0, properties: 0x80);
            var opaque = types.Structure("_UNDEFINED", 0, 0, properties: 0x80);
            var inner = types.Union("<unnamed-tag>", types.Fields(PdbTypeBuilder.Member("Wide", 0x13, 0), PdbTypeBuilder.Member("Deep", 0x22, 8)), 16);
            var colour = types.Enumeration("_COLOUR", 0x75, types.Fields(PdbTypeBuilder.Constant("Red", 1), PdbTypeBuilder.Constant("Blue", -2)));
            var rest = types.Fields(
                PdbTypeBuilder.Member("Grid", types.Array(types.Array(0x20, 3), 6), 32), PdbTypeBuilder.Member("Inner", types.Modifier(inner), 40),
                PdbTypeBuilder.Member("Opaque", opaque, 56));
            var fields = types.Fields(
                PdbTypeBuilder.Member("Next", types.Pointer(types.Modifier(forward)), 0), PdbTypeBuilder.Member("Routine", types.Pointer(types.Procedure()), 8),
                PdbTypeBuilder.Member("Any", 0x603, 16), PdbTypeBuilder.Member("Low", types.BitField(0x22, 3, 0), 24),
                PdbTypeBuilder.Member("High", types.BitField(0x22, 29, 3), 24), PdbTypeBuilder.Member("Colour", colour, 28), PdbTypeBuilder.Continuation(rest));
            types.NewerStructure("_NODE", fields, 64);
        }

        return new PdbBuilder().Build(streams => streams[2] = types.Build());
    }

    private static readonly string[] Expected =
    [
        "0 Pointer/8 _NODE Next", "8 Pointer/8 fn Routine", "16 Pointer/8 v0 Any", "24 Unsigned/4  Low:0.3", "24 Unsigned/4  High:3.29",
        "28 Enumeration/4 _COLOUR Colour", "32 Unsigned/1[6]  Grid", "40 Structure/16  Inner", "40 Signed/8  Inner.Wide", "48 Unsigned/4  Inner.Deep",
        "56 Structure/0 _UNDEFINED Opaque",
    ];

    private static IEnumerable<string> Rows(StructureLayout structure) => structure.Fields.Select(f =>
        $"{f.Offset} {f.Kind}/{f.Size}{(f.IsArray ? $"[{f.Count}]" : "")} {f.TypeName} {f.Name}{(f.IsBitField ? $":{f.BitPosition}.{f.BitLength}" : "")}");
}

using System.Text.Json;
using LastRef.LayoutExtract;

namespace LastRef.Tests;

/// <summary>What the extraction tool writes is what the layout reader reads.</summary>
public class IsfExtractorTests
{
    private const string Symbols = """
        {
          "metadata": { "windows": { "pdb": { "database": "some.pdb", "GUID": "AB", "age": 2 } } },
          "base_types": {
            "unsigned long": { "kind": "int", "signed": false, "size": 4 },
            "long long": { "kind": "int", "signed": true, "size": 8 },
            "char": { "kind": "char", "signed": true, "size": 1 },
            "double": { "kind": "float", "signed": true, "size": 8 },
            "pointer": { "kind": "int", "signed": false, "size": 8 }
          },
          "symbols": { "PsHead": { "address": 4660 }, "Unwanted": { "address": 1 } },
          "enums": { "_E": { "size": 4, "constants": { "Two": 2, "Minus": -1 } }, "_UNWANTED": { "size": 4, "constants": {} } },
          "user_types": {
            "_UNWANTED": { "size": 1, "fields": {} },
            "__anonymous_1": { "size": 8, "fields": { "Deep": { "offset": 4, "type": { "kind": "base", "name": "char" } } } },
            "_A": { "size": 64, "fields": {
              "Void": { "offset": 32, "type": { "kind": "pointer", "subtype": { "kind": "base", "name": "void" } } },
              "Routine": { "offset": 8, "type": { "kind": "pointer", "subtype": { "kind": "function" } } },
              "Self": { "offset": 0, "type": { "kind": "pointer", "subtype": { "kind": "struct", "name": "_A" } } },
              "Union": { "offset": 16, "type": { "kind": "union", "name": "__anonymous_1" } },
              "Array": { "offset": 40, "type": { "kind": "array", "count": 2, "subtype": { "kind": "base", "name": "long long" } } },
              "Bits": { "offset": 24, "type": { "kind": "bitfield", "bit_position": 3, "bit_length": 5, "type": { "kind": "base", "name": "unsigned long" } } },
              "State": { "offset": 28, "type": { "kind": "enum", "name": "_E" } },
              "Opaque": { "offset": 56, "type": { "kind": "struct", "name": "_UNKNOWN" } }
            } }
          }
        }
        """;

    private const string Expected = """
        # Structure layouts of the x64 Windows kernel, made by tools/LastRef.LayoutExtract; do not edit.
        # Derived from symbol files under BSD 3-Clause, Copyright 2023 JPCERT Coordination Center: see LICENSE-layouts.txt.
        build 19041
        source some.pdb AB 2 10.0.1
        symbol PsHead 1234
        struct _A 40
         0 *_A Self
         8 *fn Routine
         10 -/8 Union
         14 i1 Union.Deep
         18 u4:3.5 Bits
         1c e:_E/4 State
         20 *v0 Void
         28 [2]i8 Array
         38 _UNKNOWN/0 Opaque
        enum _E 4
         -1 Minus
         2 Two

        """;

    [Fact]
    public void The_wanted_types_are_written_by_offset_and_the_missing_ones_named()
    {
        Assert.Equal(Expected, Extract(out var missing));
        Assert.Equal(["_B"], missing);
    }

    [Fact]
    public void The_reader_understands_what_the_tool_writes()
    {
        var extract = LayoutReader.Read(new StringReader(Extract(out _)), "sample", NtBuild.Windows10_2004);
        Assert.Equal((19041, "some.pdb AB 2 10.0.1"), (extract.Build, extract.Source));
        Assert.Equal(
            ["Self", "Routine", "Union", "Union.Deep", "Bits", "State", "Void", "Array", "Opaque"],
            Assert.Single(extract.Structures).Fields.Select(f => f.Name));
        Assert.Equal(new Rva(0x1234), extract.Symbols["PsHead"]);
        Assert.Equal("Two", Assert.Single(extract.Enumerations).NameOf(2));
    }

    private static string Extract(out IReadOnlyList<string> missing)
    {
        using var symbols = JsonDocument.Parse(Symbols);
        return new IsfExtractor(symbols.RootElement, new WantedTypes(["_A", "_B"], ["_E"], ["PsHead"])).Extract(19041, "10.0.1", out missing);
    }
}

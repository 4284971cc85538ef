namespace LastRef.Tests;

public class LayoutReaderTests
{
    private const string Sample = """
        # a comment
        build 1
        source some.pdb 00 1 1.0
        struct _OUTER 30
         0 u4 Number
         8 *_OTHER Pointer
         10 _INNER/10 Inner
         20 [3]u2 Array
         28 u8:17.3 Bits
         28 -/8 Union
         28 e:_E/4 Union.Enumeration
        struct _INNER 10
         8 i8 Deep
        enum _E 4
         -1 Minus
         1 One
         1 Eins
        """;

    [Fact]
    public void Each_kind_of_field_is_read()
    {
        var structure = Read(Sample).Structures[0];
        Assert.Equal(0x30, structure.Size);
        Assert.Equal(new FieldLayout("Number", 0, FieldKind.Unsigned, 4), Field(structure, "Number"));
        Assert.Equal(new FieldLayout("Pointer", 8, FieldKind.Pointer, 8, TypeName: "_OTHER"), Field(structure, "Pointer"));
        Assert.Equal(new FieldLayout("Inner", 0x10, FieldKind.Structure, 0x10, TypeName: "_INNER"), Field(structure, "Inner"));
        Assert.Equal(new FieldLayout("Array", 0x20, FieldKind.Unsigned, 2, 3, IsArray: true), Field(structure, "Array"));
        Assert.Equal(new FieldLayout("Bits", 0x28, FieldKind.Unsigned, 8, BitPosition: 17, BitLength: 3), Field(structure, "Bits"));
        Assert.Equal(new FieldLayout("Union.Enumeration", 0x28, FieldKind.Enumeration, 4, TypeName: "_E"), Field(structure, "Union.Enumeration"));
    }

    [Fact]
    public void A_path_steps_into_embedded_structures_and_tries_alternatives()
    {
        var reader = Read(Sample);
        var layout = new TypeLayout((NtBuild)1, reader.Source, reader.Structures, reader.Enumerations);
        Assert.True(layout.TryGetField("_OUTER", "Inner.Deep", out var deep));
        Assert.Equal((0x18, FieldKind.Signed), (deep.Offset, deep.Kind));
        Assert.True(layout.TryGetField("_OUTER", "Absent|Inner.Absent|Number", out var number));
        Assert.Equal("Number", number.Name);
        Assert.False(layout.TryGetField("_OUTER", "Pointer.Deep", out _));
        Assert.False(layout.TryGetField("_ABSENT", "Number", out _));
    }

    [Fact]
    public void A_value_with_two_names_has_the_first_in_the_alphabet()
    {
        var enumeration = Read(Sample).Enumerations[0];
        Assert.Equal("Eins", enumeration.NameOf(1));
        Assert.Equal("Minus", enumeration.NameOf(-1));
        Assert.Null(enumeration.NameOf(2));
    }

    [Fact]
    public void A_structure_for_other_builds_is_left_out()
    {
        const string Text = "struct _A 8\n cite x\n only 7601 9600\n 0 u8 Field\nstruct _B 8\n cite x\n 0 u8 Field\n";
        Assert.Equal(["_A", "_B"], LayoutReader.Read(new StringReader(Text), "t", NtBuild.Windows7Sp1).Structures.Select(s => s.Name));
        Assert.Equal(["_B"], LayoutReader.Read(new StringReader(Text), "t", NtBuild.Windows10_2004).Structures.Select(s => s.Name));
    }

    [Fact]
    public void A_hand_written_structure_without_a_source_is_refused() =>
        Assert.Throws<InputException>(() => LayoutReader.Read(new StringReader("struct _A 8\n 0 u8 Field\n"), "t", NtBuild.Windows7Sp1));

    [Theory]
    [InlineData("nonsense")]
    [InlineData("struct _A")]
    [InlineData("struct _A zz")]
    [InlineData(" 0 u4 FieldOfNothing")]
    [InlineData("build 1\nstruct _A 8\n 0 u4")]
    [InlineData("build 1\nstruct _A 8\n x u4 Field")]
    [InlineData("build 1\nstruct _A 8\n 0 q4 Field")]
    [InlineData("build 1\nstruct _A 8\n 0 [u4 Field")]
    [InlineData("build 1\nstruct _A 8\n 0 u4:x.1 Field")]
    [InlineData("build 1\nenum _A 4\n x Name")]
    public void A_malformed_line_is_named(string text)
    {
        var refused = Assert.Throws<InputException>(() => LayoutReader.Read(new StringReader(text), "t.layout", NtBuild.Windows7Sp1));
        Assert.StartsWith($"t.layout, line {text.Count(c => c == '\n') + 1}: ", refused.Message, StringComparison.Ordinal);
    }

    private static LayoutReader Read(string text) => LayoutReader.Read(new StringReader(text), "sample", (NtBuild)1);

    private static FieldLayout Field(StructureLayout structure, string name)
    {
        Assert.True(structure.TryGetField(name, out var field));
        return field;
    }
}

using LastRef.Generators;

namespace LastRef.Tests;

public class ViewGeneratorTests
{
    // In the sample, LastRef.TypeLayout is the sample's own, as in LastRef.Target itself.
    private const string Layout = "namespace LastRef { public sealed partial class TypeLayout { } }";

    [Theory]
    [InlineData("LRV001", """[NtView("_X")] public partial struct X(Target target, VirtualAddress address);""")]
    [InlineData("LRV001", """[NtView("_X")] public readonly partial struct X;""")]
    [InlineData("LRV001", """[NtView("_X")] public readonly partial struct X(VirtualAddress address, Target target);""")]
    [InlineData("LRV001", """[NtView("_X")] public readonly partial struct X<T>(Target target, VirtualAddress address);""")]
    [InlineData("LRV002", """[NtView("_X")] public readonly partial struct X(Target target, VirtualAddress address) { [Field] public partial string Name { get; } }""")]
    [InlineData("LRV002", """[NtView("_X")] public readonly partial struct X(Target target, VirtualAddress address) { [Field] public partial bool Flag { get; } }""")]
    [InlineData("LRV002", """[NtView("_X")] public readonly partial struct X(Target target, VirtualAddress address) { [Field] public partial FieldArray<double> Array { get; } }""")]
    [InlineData("LRV003", """[NtView("_X")] public readonly partial struct X(Target target, VirtualAddress address) { [Field] public int Value => 1; }""")]
    public void A_wrong_view_is_an_error_with_an_id(string id, string view)
    {
        var result = GeneratorHarness.Run(new ViewGenerator(), Layout, "using LastRef; namespace Sample; " + view);
        Assert.Equal([id], result.Ids);
        Assert.Empty(result.Source);
    }

    [Fact]
    public void A_view_in_another_assembly_is_refused()
    {
        var result = GeneratorHarness.Run(new ViewGenerator(),
            """using LastRef; namespace Sample; [NtView("_X")] public readonly partial struct X(Target target, VirtualAddress address);""");
        Assert.Equal(["LRV004"], result.Ids);
    }

    [Fact]
    public void A_field_is_read_through_its_number_in_the_layout()
    {
        var result = GeneratorHarness.Run(new ViewGenerator(), Layout, """
            using LastRef; namespace Sample;
            [NtView("_X")] public readonly partial struct X(Target target, VirtualAddress address)
            {
                [Field("Other|Tail.Value", Writable = true)] public partial ushort Value { get; }
                [Field] public partial X? Next { get; }
                [Field(Embedded = true)] public partial X? Inner { get; }
                [Field(Bits = true)] public partial bool Flag { get; }
            }
            """);
        Assert.Empty(result.Diagnostics);
        Assert.Contains("public partial ushort Value => Target.ReadValue<ushort>(ValueAddress);", result.Source, StringComparison.Ordinal);
        Assert.Contains("void SetValue(global::LastRef.MutableTarget memory, ushort value)", result.Source, StringComparison.Ordinal);
        Assert.Contains("new(0, \"Other|Tail.Value\", \"u2\", false),", result.Source, StringComparison.Ordinal);
        Assert.Contains("new(0, \"Next\", \"*\", false),", result.Source, StringComparison.Ordinal);
        Assert.Contains("new(0, \"Inner\", \"s:_X\", true),", result.Source, StringComparison.Ordinal);
        Assert.Contains("new(0, \"Flag\", \"bits\", false),", result.Source, StringComparison.Ordinal);
        Assert.DoesNotContain("SetNext", result.Source, StringComparison.Ordinal);
    }
}

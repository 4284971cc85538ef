using LastRef.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace LastRef.Tests;

public class ExportGeneratorTests
{
    [Fact]
    public void A_routine_gets_its_arguments_by_position_and_puts_its_status_in_rax()
    {
        var result = GeneratorHarness.Exports("""
            [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Spec = "U-1.8")]
            internal NtStatus IoCreateDevice(DriverObject driverObject, uint deviceExtensionSize, UnicodeString? deviceName,
                DeviceType deviceType, DeviceCharacteristics deviceCharacteristics, NtBoolean exclusive, Out<DeviceObject> deviceObject) => default;
            """);
        Assert.Empty(result.Diagnostics);
        Assert.Empty(result.CompileErrors);
        Assert.Contains("kernel.CheckIrql(0, (global::LastRef.Nt.Irql)1);", result.Source, StringComparison.Ordinal);
        Assert.Contains("@deviceExtensionSize = unchecked((uint)call.Argument(1));", result.Source, StringComparison.Ordinal);
        Assert.Contains("@exclusive = new global::LastRef.NtBoolean(unchecked((byte)call.Argument(5)));", result.Source, StringComparison.Ordinal);
        Assert.Contains("(ulong)result.Code", result.Source, StringComparison.Ordinal);
        Assert.Contains("[new(\"driverObject\", \"DriverObject\"), new(\"deviceExtensionSize\", \"uint\"), new(\"deviceName\", \"UnicodeString?\")", result.Source, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("void", "x")]
    [InlineData("byte", "(byte)result")]
    [InlineData("sbyte", "(byte)result")]
    [InlineData("short", "(ushort)result")]
    [InlineData("int", "(uint)result")]
    [InlineData("long", "(ulong)result")]
    [InlineData("PoolType", "(uint)result")]
    [InlineData("Irql", "(byte)result")]
    [InlineData("NtBoolean", "result.Value")]
    [InlineData("VirtualAddress", "result.Value")]
    [InlineData("HandleValue", "result.Value")]
    [InlineData("DeviceObject", "result.Address.Value")]
    [InlineData("DeviceObject?", "view.Address.Value : 0UL")]
    public void Each_result_type_is_extended_with_zeros(string type, string expression)
    {
        var result = GeneratorHarness.Exports($$"""[KernelExport("ntoskrnl.exe", Doc = "x")] internal {{type}} F() { {{(type == "void" ? "" : "return default;")}} }""");
        Assert.Empty(result.Diagnostics);
        Assert.Empty(result.CompileErrors);
        Assert.Contains(expression, result.Source, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("byte")]
    [InlineData("sbyte")]
    [InlineData("ushort")]
    [InlineData("short")]
    [InlineData("uint")]
    [InlineData("int")]
    [InlineData("ulong")]
    [InlineData("long")]
    [InlineData("IrpMajor")]
    [InlineData("NtStatus")]
    [InlineData("NtBoolean")]
    [InlineData("VirtualAddress")]
    [InlineData("PhysicalAddress")]
    [InlineData("HandleValue")]
    [InlineData("Irp")]
    [InlineData("Irp?")]
    [InlineData("Out<uint>")]
    [InlineData("Out<NtStatus>")]
    [InlineData("Out<VirtualAddress>")]
    [InlineData("Out<FileObject>")]
    [InlineData("VarArgs")]
    [InlineData("KernelThread")]
    public void Each_parameter_type_compiles(string type)
    {
        var result = GeneratorHarness.Exports($$"""[KernelExport("ntoskrnl.exe", Doc = "x")] internal void F(ulong first, {{type}} second) { }""");
        Assert.Empty(result.Diagnostics);
        Assert.Empty(result.CompileErrors);
    }

    [Fact]
    public void The_current_thread_is_no_argument()
    {
        var result = GeneratorHarness.Exports("""[KernelExport("ntoskrnl.exe", Doc = "x")] internal void F(KernelThread thread, uint first) { }""");
        Assert.Empty(result.CompileErrors);
        Assert.Contains("@first = unchecked((uint)call.Argument(0));", result.Source, StringComparison.Ordinal);
        Assert.Contains("[new(\"first\", \"uint\")]", result.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_is_awaited_and_its_result_goes_to_rax()
    {
        var result = GeneratorHarness.Exports("""
            [KernelExport("ntoskrnl.exe", Doc = "x")] internal GuestTask<NtStatus> Waits() => new();
            [KernelExport("ntoskrnl.exe", Doc = "x")] internal GuestTask WaitsForNothing() => new();
            """);
        Assert.Empty(result.Diagnostics);
        Assert.Empty(result.CompileErrors);
        Assert.Contains("call.Await(kernel.Io.Waits(), static result => (ulong)result.Code);", result.Source, StringComparison.Ordinal);
        Assert.Contains("call.Await(kernel.Io.WaitsForNothing());", result.Source, StringComparison.Ordinal);
        Assert.Contains("\"NtStatus\", true, false)", result.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void A_routine_may_have_several_names()
    {
        var result = GeneratorHarness.Exports("""
            [KernelExport("ntoskrnl.exe", Doc = "x")]
            [KernelExport("hal.dll", Doc = "x", Name = "G")]
            internal void F() { }
            """);
        Assert.Empty(result.Diagnostics);
        Assert.Empty(result.CompileErrors);
        Assert.Contains("new(\"hal.dll\", \"G\", \"IoManager\"", result.Source, StringComparison.Ordinal);
        Assert.Contains("new(\"ntoskrnl.exe\", \"F\", \"IoManager\"", result.Source, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LRG001", """[KernelExport("ntoskrnl.exe", Doc = "x")] internal void F(double value) { }""")]
    [InlineData("LRG001", """[KernelExport("ntoskrnl.exe", Doc = "x")] internal void F(bool value) { }""")]
    [InlineData("LRG001", """[KernelExport("ntoskrnl.exe", Doc = "x")] internal void F(ref uint value) { }""")]
    [InlineData("LRG001", """[KernelExport("ntoskrnl.exe", Doc = "x")] internal void F(uint? value) { }""")]
    [InlineData("LRG001", """[KernelExport("ntoskrnl.exe", Doc = "x")] internal void F(Out<bool> value) { }""")]
    [InlineData("LRG002", """[KernelExport("a", Doc = "x")] internal void F() { } [KernelExport("A", Doc = "x", Name = "F")] internal void G() { }""")]
    [InlineData("LRG003", """[KernelExport("ntoskrnl.exe")] internal void F() { }""")]
    [InlineData("LRG004", """[KernelExport("ntoskrnl.exe", Doc = "x")] internal static void F() { }""")]
    [InlineData("LRG004", """[KernelExport("ntoskrnl.exe", Doc = "x")] internal void F<T>() { }""")]
    [InlineData("LRG004", """[KernelExport("ntoskrnl.exe", Doc = "x")] private void F() { }""")]
    [InlineData("LRG005", """[KernelExport("ntoskrnl.exe", Doc = "x")] internal string F() => "";""")]
    [InlineData("LRG006", """internal sealed class Lost { [KernelExport("ntoskrnl.exe", Doc = "x")] internal void F() { } }""")]
    [InlineData("LRG007", """[KernelExport("ntoskrnl.exe", Doc = "x")] internal void F(VarArgs rest, uint last) { }""")]
    public void A_wrong_declaration_is_an_error_with_an_id(string id, string members)
    {
        var result = GeneratorHarness.Exports(members);
        Assert.Equal([id], result.Ids);
        Assert.All(result.Diagnostics, d => Assert.Equal(DiagnosticSeverity.Error, d.Severity));
    }

    [Fact]
    public void A_wrong_routine_is_reported_where_it_stands()
    {
        var result = GeneratorHarness.Exports("""[KernelExport("ntoskrnl.exe")] internal void F() { }""");
        Assert.Equal("Sample1.cs", Assert.Single(result.Diagnostics).Location.GetLineSpan().Path);
    }

    [Fact]
    public void A_kernel_without_routines_still_gets_a_table()
    {
        var result = GeneratorHarness.Exports("");
        Assert.Empty(result.CompileErrors);
        Assert.Contains("class ExportTable", result.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_elsewhere_regenerates_nothing()
    {
        var first = GeneratorHarness.Exports("""[KernelExport("ntoskrnl.exe", Doc = "x")] internal void F() { }""");
        var changed = first.Input.AddSyntaxTrees(CSharpSyntaxTree.ParseText(
            "namespace Elsewhere; class C { }", new CSharpParseOptions(LanguageVersion.Latest), cancellationToken: TestContext.Current.CancellationToken));
        var second = first.Driver.RunGenerators(changed, TestContext.Current.CancellationToken).GetRunResult().Results[0];
        Assert.All(
            second.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(step => step.Outputs),
            output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));
    }
}

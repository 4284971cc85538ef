using LastRef.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace LastRef.Tests;

/// <summary>Runs the source generators over a small program, with the real LastRef.Target as a reference.</summary>
internal static class GeneratorHarness
{
    /// <summary>What a kernel routine's surroundings look like to the generator.</summary>
    public const string KernelStubs = """
        using System;
        using System.Collections.Immutable;
        using LastRef;
        using LastRef.Nt;
        namespace LastRef.Kernel
        {
            [AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
            public sealed class KernelExportAttribute(string module) : Attribute
            {
                public string Module { get; } = module;
                public string? Name { get; set; }
                public string? Spec { get; set; }
                public string? Doc { get; set; }
                public string? Missing { get; set; }
                public string? NoEffect { get; set; }
                public Irql MaxIrql { get; set; }
            }
            public sealed class KernelThread { }
            public class GuestTask { }
            public sealed class GuestTask<T> : GuestTask { }
            public readonly record struct ExportParameter(string Name, string Type);
            public sealed record ExportDescriptor(string Module, string Name, string Component, string? Spec, string? Doc, string? Missing,
                string? NoEffect, Irql? MaxIrql, ImmutableArray<ExportParameter> Parameters, string ReturnType, bool IsAsync, bool IsVarArgs);
            public struct VarArgs { internal static VarArgs Of(ref KernelCall call, int index) => default; }
            internal ref struct KernelCall(NtKernel kernel)
            {
                public readonly NtKernel Kernel = kernel;
                public readonly MutableTarget Memory => throw new NotSupportedException();
                public readonly ulong Argument(int index) => 0;
                public readonly void Return(ulong value) { }
                public void Await(GuestTask task) { }
                public void Await<T>(GuestTask<T> task, Func<T, ulong> toRax) { }
            }
            public sealed class NtKernel
            {
                internal IoManager Io { get; } = new();
                internal KernelThread CurrentThread { get; } = new();
                internal void CheckIrql(int export, Irql maximum) { }
            }
        }
        """;

    public static GeneratorResult Run(IIncrementalGenerator generator, params string[] sources)
    {
        var compilation = Compile(sources);
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [generator.AsSourceGenerator()],
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        driver = driver.RunGeneratorsAndUpdateCompilation(compilation, out var updated, out var diagnostics);
        return new GeneratorResult(driver, compilation, updated, diagnostics);
    }

    public static GeneratorResult Exports(string members) => Run(new ExportGenerator(), KernelStubs, $$"""
        using LastRef;
        using LastRef.Nt;
        namespace LastRef.Kernel;
        internal sealed partial class IoManager
        {
            {{members}}
        }
        """);

    private static CSharpCompilation Compile(string[] sources)
    {
        var options = new CSharpParseOptions(LanguageVersion.Latest);
        return CSharpCompilation.Create(
            "Sample", sources.Select((text, index) => CSharpSyntaxTree.ParseText(text, options, $"Sample{index}.cs")), s_references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
    }

    private static readonly MetadataReference[] s_references =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "LastRef.Target.dll" or "netstandard.dll"))
            .Select(path => MetadataReference.CreateFromFile(path))];
}

using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LastRef.Generators;

/// <summary>Writes <c>LastRef.Kernel.ExportTable</c> from the methods marked <c>[KernelExport]</c>.</summary>
[Generator]
public sealed class ExportGenerator : IIncrementalGenerator
{
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var methods = context.SyntaxProvider.ForAttributeWithMetadataName(
                "LastRef.Kernel.KernelExportAttribute",
                static (node, _) => node is MethodDeclarationSyntax,
                static (match, cancellation) => ExportReader.Read(match, cancellation))
            .WithTrackingName("Exports");

        context.RegisterSourceOutput(methods, static (output, method) =>
        {
            foreach (var diagnostic in method.Diagnostics)
                output.ReportDiagnostic(diagnostic.ToDiagnostic());
        });

        // The attribute's assembly gets the table even while it has no routine: others compile against it.
        var isKernel = context.CompilationProvider.Select(static (compilation, _) =>
            compilation.GetTypeByMetadataName("LastRef.Kernel.NtKernel") is { } kernel
            && SymbolEqualityComparer.Default.Equals(kernel.ContainingAssembly, compilation.Assembly));
        context.RegisterSourceOutput(methods.Collect().Combine(isKernel), static (output, input) => Write(output, input.Left, input.Right));
    }

    private static void Write(SourceProductionContext output, ImmutableArray<ExportMethodModel> methods, bool isKernel)
    {
        if (!isKernel)
            return;
        var exports = methods.Where(m => m.Diagnostics.Count == 0).SelectMany(m => m.Exports)
            .OrderBy(e => e.Module, StringComparer.OrdinalIgnoreCase).ThenBy(e => e.Name, StringComparer.Ordinal)
            .ThenBy(e => e.Component + "." + e.Method, StringComparer.Ordinal).ToList();
        for (var index = exports.Count - 1; index > 0; index--)
        {
            var (first, second) = (exports[index - 1], exports[index]);
            if (!string.Equals(first.Module, second.Module, StringComparison.OrdinalIgnoreCase) || first.Name != second.Name)
                continue;
            output.ReportDiagnostic((second.Place with
            {
                Descriptor = ExportDiagnostics.Duplicate,
                Argument0 = second.Module + "!" + second.Name,
                Argument1 = first.Component + "." + first.Method,
            }).ToDiagnostic());
            exports.RemoveAt(index);
        }

        output.AddSource("LastRef.Kernel.ExportTable.g.cs", ExportWriter.Write([.. exports]));
    }
}

using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LastRef.Generators;

/// <summary>Writes the bodies of <c>[NtView]</c> structs and the table of the fields that a layout resolves once.</summary>
[Generator]
public sealed class ViewGenerator : IIncrementalGenerator
{
    private const string ViewAttribute = "LastRef.NtViewAttribute";

    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var views = context.SyntaxProvider.ForAttributeWithMetadataName(
                ViewAttribute,
                static (node, _) => node is StructDeclarationSyntax,
                static (match, cancellation) => ViewReader.Read(match, cancellation))
            .WithTrackingName("Views");

        context.RegisterSourceOutput(views, static (output, view) =>
        {
            foreach (var diagnostic in view.Diagnostics)
                output.ReportDiagnostic(diagnostic.ToDiagnostic());
            if (view.Diagnostics.Count == 0)
                output.AddSource($"{view.Namespace}.{view.Name}.g.cs", ViewWriter.Write(view));
        });

        context.RegisterSourceOutput(views.Collect(), static (output, all) =>
        {
            var sound = all.Where(v => v.Diagnostics.Count == 0)
                .OrderBy(v => v.Namespace + "." + v.Name, StringComparer.Ordinal).ToImmutableArray();
            if (sound.Length > 0)
                output.AddSource("LastRef.TypeLayout.Fields.g.cs", ViewWriter.WriteTable(sound));
        });
    }
}

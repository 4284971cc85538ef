using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace LastRef.Generators;

/// <summary>A diagnostic without references into a compilation, so that it may live in a cached model.</summary>
internal sealed record DiagnosticInfo(
    DiagnosticDescriptor Descriptor, string Path, TextSpan Span, LinePositionSpan Lines, string Argument0, string Argument1)
{
    public static DiagnosticInfo Create(DiagnosticDescriptor descriptor, Location? location, string argument0, string argument1 = "") =>
        new(descriptor, location?.SourceTree?.FilePath ?? "", location?.SourceSpan ?? default,
            location?.GetLineSpan().Span ?? default, argument0, argument1);

    public Diagnostic ToDiagnostic() => Diagnostic.Create(
        Descriptor, Path.Length == 0 ? Location.None : Location.Create(Path, Span, Lines), Argument0, Argument1);
}

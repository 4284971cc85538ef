using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace LastRef.Tests;

/// <summary>What a generator made of a sample.</summary>
internal sealed record GeneratorResult(
    GeneratorDriver Driver, Compilation Input, Compilation Output, ImmutableArray<Diagnostic> Diagnostics)
{
    /// <summary>The text of all generated files.</summary>
    public string Source => string.Concat(Driver.GetRunResult().GeneratedTrees.Select(tree => tree.ToString()));

    /// <summary>Ids of what the generator reported, sorted.</summary>
    public IEnumerable<string> Ids => Diagnostics.Select(d => d.Id).Order(StringComparer.Ordinal);

    /// <summary>Errors of the program with the generated files in it.</summary>
    public IEnumerable<string> CompileErrors =>
        Output.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString());
}

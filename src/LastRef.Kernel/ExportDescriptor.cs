using System.Collections.Immutable;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>What the source says about one routine that drivers import.</summary>
/// <param name="Module">The image that exports it, such as <c>ntoskrnl.exe</c>.</param>
/// <param name="Name">The exported name.</param>
/// <param name="Component">The class that implements it.</param>
/// <param name="Spec">Facts of docs/behaviour.md; null when <paramref name="Doc"/> is the source.</param>
/// <param name="Doc">A public document; null when <paramref name="Spec"/> is the only source.</param>
/// <param name="Missing">A case that the routine detects and stops at.</param>
/// <param name="NoEffect">Why it does nothing.</param>
/// <param name="MaxIrql">The highest IRQL at which it may be called; null when none is checked.</param>
/// <param name="Parameters">The arguments that take a register or a stack slot; the variadic ones have no name.</param>
/// <param name="ReturnType">The result's type as written; of a task, the type of its result.</param>
/// <param name="IsAsync">It may block or call the driver.</param>
/// <param name="IsVarArgs">It is variadic.</param>
public sealed record ExportDescriptor(
    string Module, string Name, string Component, string? Spec, string? Doc, string? Missing, string? NoEffect, Irql? MaxIrql,
    ImmutableArray<ExportParameter> Parameters, string ReturnType, bool IsAsync, bool IsVarArgs);

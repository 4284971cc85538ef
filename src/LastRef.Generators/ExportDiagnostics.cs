using Microsoft.CodeAnalysis;

namespace LastRef.Generators;

/// <summary>What can be wrong with a kernel routine's declaration.</summary>
internal static class ExportDiagnostics
{
    private const string Category = "LastRef.Exports";

    public static readonly DiagnosticDescriptor UnknownParameter = Error(
        "LRG001", "A parameter's type cannot be fetched from registers", "Parameter '{0}' has type '{1}', for which no marshalling is known");

    public static readonly DiagnosticDescriptor Duplicate = Error(
        "LRG002", "An export exists twice", "{0} is exported by more than one method; the other is '{1}'");

    public static readonly DiagnosticDescriptor NoSource = Error(
        "LRG003", "A kernel routine names its source", "'{0}' names neither Spec nor Doc");

    public static readonly DiagnosticDescriptor NotAnInstanceMethod = Error(
        "LRG004", "A kernel routine is a plain instance method", "'{0}' must be neither static nor generic nor private");

    public static readonly DiagnosticDescriptor UnknownResult = Error(
        "LRG005", "A result's type cannot be put in rax", "'{0}' returns '{1}', for which no marshalling is known");

    public static readonly DiagnosticDescriptor Unreachable = Error(
        "LRG006", "A component is reached through NtKernel", "LastRef.Kernel.NtKernel has no property of type '{0}'");

    public static readonly DiagnosticDescriptor VarArgsNotLast = Error(
        "LRG007", "Variadic arguments come last", "Parameter '{0}' of type VarArgs must be the last that takes an argument");

    /// <summary>Carries a place through a model; never reported itself.</summary>
    public static readonly DiagnosticDescriptor Place = Error("LRG000", "Place", "{0}");

    private static DiagnosticDescriptor Error(string id, string title, string message) =>
        new(id, title, message, Category, DiagnosticSeverity.Error, isEnabledByDefault: true);
}

using Microsoft.CodeAnalysis;

namespace LastRef.Generators;

/// <summary>What can be wrong with a view.</summary>
internal static class ViewDiagnostics
{
    private const string Category = "LastRef.Views";

    public static readonly DiagnosticDescriptor WrongShape = new(
        "LRV001", "A view is a readonly partial struct over a target and an address",
        "View '{0}' must be declared as 'readonly partial struct {0}(Target target, VirtualAddress address)' in a namespace",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor UnknownFieldType = new(
        "LRV002", "A field's type has no generated reader",
        "Field '{0}' has type '{1}', which is none of: integer, enum, blittable struct of LastRef, view, FieldArray, ViewArray",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor NotPartial = new(
        "LRV003", "A field is a partial property with a getter only",
        "Field '{0}' must be declared as 'partial T {0} {{ get; }}'",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true);

    public static readonly DiagnosticDescriptor WrongAssembly = new(
        "LRV004", "Views live beside the layouts",
        "View '{0}' must be in the assembly that defines LastRef.TypeLayout, where its field numbers are resolved",
        Category, DiagnosticSeverity.Error, isEnabledByDefault: true);
}

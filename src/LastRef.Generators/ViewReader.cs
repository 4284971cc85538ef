using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace LastRef.Generators;

/// <summary>Reads a view's declaration into its model.</summary>
internal static class ViewReader
{
    private static readonly SymbolDisplayFormat s_qualified =
        SymbolDisplayFormat.FullyQualifiedFormat.WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.UseSpecialTypes);

    public static ViewModel Read(GeneratorAttributeSyntaxContext match, CancellationToken cancellation)
    {
        var type = (INamedTypeSymbol)match.TargetSymbol;
        var syntax = (StructDeclarationSyntax)match.TargetNode;
        var diagnostics = ImmutableArray.CreateBuilder<DiagnosticInfo>();
        var fields = ImmutableArray.CreateBuilder<ViewFieldModel>();

        if (!HasViewShape(type, syntax))
            diagnostics.Add(DiagnosticInfo.Create(ViewDiagnostics.WrongShape, syntax.Identifier.GetLocation(), type.Name));
        var layout = match.SemanticModel.Compilation.GetTypeByMetadataName("LastRef.TypeLayout");
        var layoutIsHere = layout is not null && SymbolEqualityComparer.Default.Equals(layout.ContainingAssembly, type.ContainingAssembly);
        if (!layoutIsHere)
            diagnostics.Add(DiagnosticInfo.Create(ViewDiagnostics.WrongAssembly, syntax.Identifier.GetLocation(), type.Name));

        foreach (var property in type.GetMembers().OfType<IPropertySymbol>())
        {
            cancellation.ThrowIfCancellationRequested();
            var attribute = property.GetAttributes().FirstOrDefault(a => a.AttributeClass?.ToDisplayString() == "LastRef.FieldAttribute");
            if (attribute is null)
                continue;
            if (!property.IsPartialDefinition || property.SetMethod is not null || property.IsStatic)
            {
                diagnostics.Add(DiagnosticInfo.Create(ViewDiagnostics.NotPartial, property.Locations.FirstOrDefault(), property.Name));
                continue;
            }

            var field = ReadField(property, attribute);
            if (field is null)
                diagnostics.Add(DiagnosticInfo.Create(
                    ViewDiagnostics.UnknownFieldType, property.Locations.FirstOrDefault(), property.Name, property.Type.ToDisplayString()));
            else
                fields.Add(field);
        }

        return new ViewModel(
            type.ContainingNamespace.ToDisplayString(), type.Name, SyntaxFacts.GetText(type.DeclaredAccessibility),
            (string)match.Attributes[0].ConstructorArguments[0].Value!, layoutIsHere,
            new EquatableArray<ViewFieldModel>(fields.ToImmutable()), new EquatableArray<DiagnosticInfo>(diagnostics.ToImmutable()));
    }

    private static bool HasViewShape(INamedTypeSymbol type, StructDeclarationSyntax syntax) =>
        type.IsReadOnly && !type.IsGenericType && type.ContainingType is null && !type.ContainingNamespace.IsGlobalNamespace
        && syntax.Modifiers.Any(SyntaxKind.PartialKeyword)
        && syntax.ParameterList is { Parameters: { Count: 2 } parameters }
        && parameters[0].Identifier.ValueText == "target" && parameters[1].Identifier.ValueText == "address";

    private static ViewFieldModel? ReadField(IPropertySymbol property, AttributeData attribute)
    {
        var path = attribute.ConstructorArguments.Length == 1 && attribute.ConstructorArguments[0].Value is string name ? name : property.Name;
        var writable = Flag(attribute, "Writable");
        var bits = Flag(attribute, "Bits");
        var embedded = Flag(attribute, "Embedded");

        var type = property.Type;
        var nullable = false;
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } wrapped)
        {
            nullable = true;
            type = wrapped.TypeArguments[0];
        }

        var text = type.ToDisplayString(s_qualified);
        var accessibility = SyntaxFacts.GetText(property.DeclaredAccessibility);
        ViewFieldModel Field(ViewFieldShape shape, string expected) =>
            new(property.Name, path, accessibility, text, shape, nullable, writable, expected);

        if (bits)
            return type.SpecialType == SpecialType.System_Boolean || ValueStorage(type) is not null ? Field(ViewFieldShape.Bits, "bits") : null;
        if (ViewTypeName(type) is { } viewType)
        {
            return nullable && !embedded
                ? Field(ViewFieldShape.Pointer, "*")
                : Field(ViewFieldShape.Embedded, "s:" + viewType);
        }

        if (type is INamedTypeSymbol { TypeArguments.Length: 1 } generic && generic.ContainingNamespace.ToDisplayString() == "LastRef")
        {
            var element = generic.TypeArguments[0];
            if (generic.Name == "FieldArray" && ValueStorage(element) is { } storage)
                return Field(ViewFieldShape.ValueArray, "[]" + storage);
            if (generic.Name == "ViewArray" && ViewTypeName(element) is { } elementView)
                return Field(ViewFieldShape.ViewArray, "[]s:" + elementView);
        }

        return ValueStorage(type) is { } value ? Field(ViewFieldShape.Value, value) : null;
    }

    private static bool Flag(AttributeData attribute, string name) =>
        attribute.NamedArguments.Any(a => a.Key == name && a.Value.Value is true);

    /// <summary>The kernel structure of which a type is a view; null for other types.</summary>
    internal static string? ViewTypeName(ITypeSymbol type) =>
        type.GetAttributes().FirstOrDefault(a => a.AttributeClass?.ToDisplayString() == "LastRef.NtViewAttribute")
            ?.ConstructorArguments[0].Value as string;

    /// <summary>Kind and bytes of a type that is stored by value; null for types that are not.</summary>
    private static string? ValueStorage(ITypeSymbol type)
    {
        switch (type.SpecialType)
        {
            case SpecialType.System_Byte: return "u1";
            case SpecialType.System_SByte: return "i1";
            case SpecialType.System_UInt16: return "u2";
            case SpecialType.System_Int16: return "i2";
            case SpecialType.System_UInt32: return "u4";
            case SpecialType.System_Int32: return "i4";
            case SpecialType.System_UInt64: return "u8";
            case SpecialType.System_Int64: return "i8";
        }

        if (type is INamedTypeSymbol { EnumUnderlyingType: { } underlying })
            return ValueStorage(underlying) is { } storage ? "x" + storage.Substring(1) : null;
        return type.ToDisplayString() switch
        {
            "LastRef.VirtualAddress" => "x8",
            "LastRef.PhysicalAddress" => "x8",
            "LastRef.HandleValue" => "x8",
            "LastRef.NtStatus" => "x4",
            "LastRef.NtBoolean" => "x1",
            "System.Guid" => "x10",
            _ => null,
        };
    }
}

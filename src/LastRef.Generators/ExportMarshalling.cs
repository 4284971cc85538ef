using Microsoft.CodeAnalysis;

namespace LastRef.Generators;

/// <summary>How types travel between registers and a routine's signature.</summary>
internal static class ExportMarshalling
{
    private static readonly SymbolDisplayFormat s_qualified =
        SymbolDisplayFormat.FullyQualifiedFormat.WithMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.UseSpecialTypes);

    private static readonly SymbolDisplayFormat s_short = new(
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier);

    public static string Qualified(ITypeSymbol type) => type.ToDisplayString(s_qualified);

    /// <summary>The type as a person wrote it, without namespaces.</summary>
    public static string Short(ITypeSymbol type) => type.ToDisplayString(s_short);

    public static bool IsVarArgs(ITypeSymbol type) => type.ToDisplayString() == "LastRef.Kernel.VarArgs";

    public static bool IsCurrentThread(ITypeSymbol type) =>
        type.WithNullableAnnotation(NullableAnnotation.NotAnnotated).ToDisplayString() == "LastRef.Kernel.KernelThread";

    /// <summary>The expression that makes an argument of a type from <c>call.Argument(index)</c>; null when there is none.</summary>
    public static string? Fetch(ITypeSymbol type, int index)
    {
        var argument = $"call.Argument({index})";
        var name = Qualified(type);
        if (IsCurrentThread(type))
            return "call.Kernel.CurrentThread";
        if (IsVarArgs(type))
            return $"global::LastRef.Kernel.VarArgs.Of(ref call, {index})";
        if (IsInteger(type) || type.TypeKind == TypeKind.Enum)
            return type.SpecialType == SpecialType.System_UInt64 ? argument : $"unchecked(({name}){argument})";
        if (Nullable(type) is { } optional)
        {
            return ViewReader.ViewTypeName(optional) is null
                ? null
                : $"{argument} is not 0 and var pointer{index} ? new {Qualified(optional)}(call.Memory, new(pointer{index})) : default({Qualified(optional)}?)";
        }

        if (ViewReader.ViewTypeName(type) is not null)
            return $"new {name}(call.Memory, new({argument}))";
        switch (type.ToDisplayString())
        {
            case "LastRef.VirtualAddress" or "LastRef.HandleValue" or "LastRef.PhysicalAddress":
                return $"new {name}({argument})";
            case "LastRef.NtBoolean":
                return $"new {name}(unchecked((byte){argument}))";
            case "LastRef.NtStatus":
                return $"new {name}(unchecked((int){argument}))";
        }

        return type is INamedTypeSymbol { Name: "Out", TypeArguments.Length: 1 } generic
            && generic.ContainingNamespace.ToDisplayString() == "LastRef" && IsStorable(generic.TypeArguments[0])
            ? $"new {name}(new global::LastRef.VirtualAddress({argument}))"
            : null;
    }

    /// <summary>The expression that turns <c>result</c> into rax, narrower integers extended with zeros; null when there is none.</summary>
    public static string? ToRax(ITypeSymbol type)
    {
        if (type is INamedTypeSymbol { EnumUnderlyingType: { } underlying })
            return $"unchecked((ulong)({Unsigned(underlying)})result)";
        if (IsInteger(type))
            return type.SpecialType == SpecialType.System_UInt64 ? "result" : $"unchecked((ulong)({Unsigned(type)})result)";
        if (Nullable(type) is { } optional)
            return ViewReader.ViewTypeName(optional) is null ? null : "result is { } view ? view.Address.Value : 0UL";
        if (ViewReader.ViewTypeName(type) is not null)
            return "result.Address.Value";
        return type.ToDisplayString() switch
        {
            "LastRef.VirtualAddress" or "LastRef.HandleValue" or "LastRef.PhysicalAddress" or "LastRef.NtBoolean" => "(ulong)result.Value",
            "LastRef.NtStatus" => "(ulong)result.Code",
            _ => null,
        };
    }

    private static ITypeSymbol? Nullable(ITypeSymbol type) =>
        type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } wrapped ? wrapped.TypeArguments[0] : null;

    private static bool IsStorable(ITypeSymbol type) =>
        IsInteger(type) || type.TypeKind == TypeKind.Enum || ViewReader.ViewTypeName(type) is not null
        || type.ToDisplayString() is "LastRef.VirtualAddress" or "LastRef.HandleValue" or "LastRef.PhysicalAddress"
            or "LastRef.NtBoolean" or "LastRef.NtStatus" or "System.Guid";

    private static bool IsInteger(ITypeSymbol type) => type.SpecialType is
        SpecialType.System_Byte or SpecialType.System_SByte or SpecialType.System_UInt16 or SpecialType.System_Int16 or
        SpecialType.System_UInt32 or SpecialType.System_Int32 or SpecialType.System_UInt64 or SpecialType.System_Int64;

    private static string Unsigned(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_Byte or SpecialType.System_SByte => "byte",
        SpecialType.System_UInt16 or SpecialType.System_Int16 => "ushort",
        SpecialType.System_UInt32 or SpecialType.System_Int32 => "uint",
        _ => "ulong",
    };
}

using System.Collections.Immutable;
using Microsoft.CodeAnalysis;

namespace LastRef.Generators;

/// <summary>Reads a kernel routine's declaration into its model.</summary>
internal static class ExportReader
{
    public static ExportMethodModel Read(GeneratorAttributeSyntaxContext match, CancellationToken cancellation)
    {
        var method = (IMethodSymbol)match.TargetSymbol;
        var place = method.Locations.FirstOrDefault();
        var diagnostics = ImmutableArray.CreateBuilder<DiagnosticInfo>();
        void Report(DiagnosticDescriptor descriptor, string argument0, string argument1 = "") =>
            diagnostics.Add(DiagnosticInfo.Create(descriptor, place, argument0, argument1));

        if (method.IsStatic || method.IsGenericMethod || method.DeclaredAccessibility == Accessibility.Private)
            Report(ExportDiagnostics.NotAnInstanceMethod, method.Name);

        var reach = match.SemanticModel.Compilation.GetTypeByMetadataName("LastRef.Kernel.NtKernel")?.GetMembers().OfType<IPropertySymbol>()
            .FirstOrDefault(p => SymbolEqualityComparer.Default.Equals(p.Type, method.ContainingType))?.Name;
        if (reach is null)
            Report(ExportDiagnostics.Unreachable, method.ContainingType.ToDisplayString());

        cancellation.ThrowIfCancellationRequested();
        var parameters = ReadParameters(method, Report);
        var result = Result(method.ReturnType, out var isAsync);
        var toRax = result is null ? null : ExportMarshalling.ToRax(result);
        if (result is not null && toRax is null)
            Report(ExportDiagnostics.UnknownResult, method.Name, method.ReturnType.ToDisplayString());

        var exports = ImmutableArray.CreateBuilder<ExportModel>();
        foreach (var attribute in match.Attributes)
        {
            string? Text(string name) => attribute.NamedArguments.FirstOrDefault(a => a.Key == name).Value.Value as string;
            if (string.IsNullOrEmpty(Text("Spec")) && string.IsNullOrEmpty(Text("Doc")))
                Report(ExportDiagnostics.NoSource, method.Name);
            var irql = attribute.NamedArguments.FirstOrDefault(a => a.Key == "MaxIrql").Value.Value;
            exports.Add(new ExportModel(
                attribute.ConstructorArguments.Length == 1 ? attribute.ConstructorArguments[0].Value as string ?? "" : "",
                Text("Name") ?? method.Name, method.Name, method.ContainingType.Name, reach ?? "",
                Text("Spec"), Text("Doc"), Text("Missing"), Text("NoEffect"),
                irql is null ? null : Convert.ToInt32(irql, System.Globalization.CultureInfo.InvariantCulture),
                parameters, result is null ? "void" : ExportMarshalling.Short(result), result is null ? null : ExportMarshalling.Qualified(result),
                toRax, isAsync, method.Parameters.Any(p => ExportMarshalling.IsVarArgs(p.Type)),
                DiagnosticInfo.Create(ExportDiagnostics.Place, place, method.Name)));
        }

        return new ExportMethodModel(
            new EquatableArray<ExportModel>(exports.ToImmutable()), new EquatableArray<DiagnosticInfo>(diagnostics.ToImmutable()));
    }

    private static EquatableArray<ExportParameterModel> ReadParameters(IMethodSymbol method, Action<DiagnosticDescriptor, string, string> report)
    {
        var parameters = ImmutableArray.CreateBuilder<ExportParameterModel>();
        var index = 0;
        string? varArgs = null;
        foreach (var parameter in method.Parameters)
        {
            var isArgument = !ExportMarshalling.IsCurrentThread(parameter.Type) && !ExportMarshalling.IsVarArgs(parameter.Type);
            var fetch = parameter.RefKind == RefKind.None ? ExportMarshalling.Fetch(parameter.Type, index) : null;
            if (fetch is null)
                report(ExportDiagnostics.UnknownParameter, parameter.Name, parameter.Type.ToDisplayString());
            if (isArgument && varArgs is not null)
                report(ExportDiagnostics.VarArgsNotLast, varArgs, "");
            if (ExportMarshalling.IsVarArgs(parameter.Type))
                varArgs = parameter.Name;
            if (isArgument)
                index++;
            parameters.Add(new ExportParameterModel(parameter.Name, ExportMarshalling.Short(parameter.Type), fetch ?? "", isArgument));
        }

        return new EquatableArray<ExportParameterModel>(parameters.ToImmutable());
    }

    /// <summary>What the routine hands back once it is done; null for nothing.</summary>
    private static ITypeSymbol? Result(ITypeSymbol type, out bool isAsync)
    {
        isAsync = type is INamedTypeSymbol { Name: "GuestTask" } && type.ContainingNamespace.ToDisplayString() == "LastRef.Kernel";
        if (isAsync)
            return ((INamedTypeSymbol)type).TypeArguments.FirstOrDefault();
        return type.SpecialType == SpecialType.System_Void ? null : type;
    }
}

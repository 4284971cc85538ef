namespace LastRef.Generators;

/// <summary>One parameter of an export.</summary>
/// <param name="Fetch">The expression that makes the argument from <c>call</c>.</param>
/// <param name="IsArgument">It takes a register or a stack slot.</param>
internal sealed record ExportParameterModel(string Name, string Type, string Fetch, bool IsArgument);

/// <summary>One <c>[KernelExport]</c> of a method, in values that compare by content.</summary>
/// <param name="Reach">The property of NtKernel through which the component is reached.</param>
/// <param name="ToRax">The result turned into rax, over the name <c>result</c>; null for void.</param>
/// <param name="MaxIrql">The named argument's value; null when it was not given.</param>
internal sealed record ExportModel(
    string Module, string Name, string Method, string Component, string Reach,
    string? Spec, string? Doc, string? Missing, string? NoEffect, int? MaxIrql,
    EquatableArray<ExportParameterModel> Parameters, string ReturnType, string? ResultType, string? ToRax, bool IsAsync, bool IsVarArgs,
    DiagnosticInfo Place);

/// <summary>All exports of one method, and what is wrong with it.</summary>
internal sealed record ExportMethodModel(EquatableArray<ExportModel> Exports, EquatableArray<DiagnosticInfo> Diagnostics);

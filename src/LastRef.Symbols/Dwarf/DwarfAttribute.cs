namespace LastRef.Symbols;

/// <summary>One attribute of an abbreviation.</summary>
/// <param name="Name">DW_AT_ number.</param>
/// <param name="Form">How its value is encoded.</param>
/// <param name="ImplicitConstant">The value itself, for <see cref="DwarfForm.ImplicitConstant"/>.</param>
internal sealed record DwarfAttribute(ulong Name, DwarfForm Form, long ImplicitConstant);

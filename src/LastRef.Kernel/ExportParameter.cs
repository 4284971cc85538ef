namespace LastRef.Kernel;

/// <summary>One argument of a kernel routine, in the order of the documented prototype.</summary>
/// <param name="Type">The type as written in the method's signature.</param>
public readonly record struct ExportParameter(string Name, string Type);

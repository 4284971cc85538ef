namespace LastRef.Symbols;

/// <summary>A structure, union or enumeration as its record names it.</summary>
/// <param name="Leaf">Kind of record.</param>
/// <param name="Properties">Property bits.</param>
/// <param name="Fields">Type index of the field list.</param>
/// <param name="Size">Bytes; of an enumeration those of its integer.</param>
internal readonly record struct TypeDefinition(ushort Leaf, uint Properties, uint Fields, long Size, string Name)
{
    private const uint ForwardReference = 0x80;

    public bool IsForward => (Properties & ForwardReference) != 0;

    public bool IsEnumeration => Leaf == TypeLeaf.Enumeration;

    /// <summary>Such names differ from file to file and are never looked up.</summary>
    public bool IsUnnamed => IsUnnamedType(Name);

    public static bool IsUnnamedType(string name) =>
        name.Length == 0 || name.StartsWith("<unnamed", StringComparison.Ordinal) || name.StartsWith("<anonymous", StringComparison.Ordinal)
        || name.StartsWith("__unnamed", StringComparison.Ordinal) || name.StartsWith("__anonymous", StringComparison.Ordinal);
}

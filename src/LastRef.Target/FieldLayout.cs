namespace LastRef;

/// <summary>Where and how one field lies in its structure.</summary>
/// <param name="Name">The field's name; dotted for a member of an unnamed structure or union.</param>
/// <param name="Offset">Bytes from the start of the structure.</param>
/// <param name="Kind">The kind of one element.</param>
/// <param name="Size">Bytes of one element; for a bit field, bytes of the integer that holds it.</param>
/// <param name="Count">Elements of an array; 1 for a field that is none, 0 for an array without a bound.</param>
/// <param name="IsArray">True for arrays, also for those of one element.</param>
/// <param name="TypeName">The structure, the enumeration or what the pointer points to; null where there is no name.</param>
/// <param name="BitPosition">First bit of a bit field, counted from bit 0 of the integer at <paramref name="Offset"/>.</param>
/// <param name="BitLength">Bits of a bit field; 0 for a field that is none.</param>
public readonly record struct FieldLayout(
    string Name, int Offset, FieldKind Kind, int Size, int Count = 1, bool IsArray = false, string? TypeName = null,
    int BitPosition = 0, int BitLength = 0)
{
    /// <summary>True for a bit field.</summary>
    public bool IsBitField => BitLength != 0;

    /// <summary>Reads a type in the notation of the layout extracts (<c>u4</c>, <c>*_IRP</c>, <c>[2]_LIST_ENTRY/10</c>, <c>u8:3.1</c>).</summary>
    /// <returns>False when the text is no such type.</returns>
    public static bool TryParse(string notation, string name, int offset, out FieldLayout field)
    {
        var isType = LayoutReader.TryType(notation, out field);
        field = field with { Name = name, Offset = offset };
        return isType;
    }
}

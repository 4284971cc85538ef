namespace LastRef;

/// <summary>Marks a partial property of a view as the structure's field of the same name, or of the name given.</summary>
/// <param name="name">
/// The field's name in the symbols, dotted for a nested one (<c>Tail.Overlay.Thread</c>); names that differ between builds
/// are separated by <c>|</c>, and the first that exists counts. Null when it equals the property's.
/// </param>
/// <remarks>
/// The property's type says how the field is read: integers, enums, <see cref="VirtualAddress"/>, <see cref="HandleValue"/>,
/// <see cref="NtStatus"/> and <see cref="NtBoolean"/> by value; a view <c>T?</c> is a pointer to it, null for a null pointer;
/// a view <c>T</c> lies in the structure itself; <see cref="FieldArray{T}"/> and <see cref="ViewArray{T}"/> are arrays in it.
/// Any other <c>T?</c> is null on builds that lack the field.
/// </remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FieldAttribute(string? name = null) : Attribute
{
    public string? Name { get; } = name;

    /// <summary>Also generates <c>Set…(MutableTarget memory, value)</c>.</summary>
    public bool Writable { get; set; }

    /// <summary>The field is a bit field; position and length come from the layout, which must agree that it is one.</summary>
    public bool Bits { get; set; }

    /// <summary>On a view <c>T?</c>: the view lies in the structure itself and is null on builds that lack it, instead of being pointed to.</summary>
    public bool Embedded { get; set; }
}

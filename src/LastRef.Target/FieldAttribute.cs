namespace LastRef;

/// <summary>Marks a partial property of a view as the structure's field of the same name, or of the name given.</summary>
/// <param name="name">The field's name in the symbols, dotted for a nested one (<c>Tail.Overlay.Thread</c>); null when it equals the property's.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FieldAttribute(string? name = null) : Attribute
{
    public string? Name { get; } = name;

    /// <summary>Also generates <c>Set…(MutableTarget memory, value)</c>.</summary>
    public bool Writable { get; set; }
}

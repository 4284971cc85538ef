namespace LastRef;

/// <summary>Marks a struct as a typed view of the named kernel structure; its <see cref="FieldAttribute"/> properties get their bodies when the project is built.</summary>
/// <param name="typeName">The structure's name in the kernel's public symbols, such as <c>_DEVICE_OBJECT</c>.</param>
[AttributeUsage(AttributeTargets.Struct)]
public sealed class NtViewAttribute(string typeName) : Attribute
{
    public string TypeName { get; } = typeName;
}

namespace LastRef.Nt;

/// <summary>An object's name and directory.</summary>
/// <remarks>Spec: U-1.25.</remarks>
[NtView("_OBJECT_HEADER_NAME_INFO")]
public readonly partial struct ObjectHeaderNameInfo(Target target, VirtualAddress address)
{
    /// <summary>Null once the name is removed from the namespace.</summary>
    [Field(Writable = true)] public partial ObjectDirectory? Directory { get; }

    [Field] public partial UnicodeString Name { get; }

    [Field(Writable = true)] public partial int ReferenceCount { get; }
}

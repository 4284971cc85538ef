namespace LastRef.Nt;

/// <summary>The name and the manner of an open or create.</summary>
/// <remarks>Fact: OBJECT_ATTRIBUTES, WDK reference.</remarks>
[NtView("_OBJECT_ATTRIBUTES")]
public readonly partial struct ObjectAttributes(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial uint Length { get; }

    [Field(Writable = true)] public partial HandleValue RootDirectory { get; }

    [Field(Writable = true)] public partial UnicodeString? ObjectName { get; }

    /// <summary><see cref="ObjectAttributeFlags"/>.</summary>
    [Field(Writable = true)] public partial uint Attributes { get; }

    [Field(Writable = true)] public partial VirtualAddress SecurityDescriptor { get; }

    [Field(Writable = true)] public partial VirtualAddress SecurityQualityOfService { get; }
}

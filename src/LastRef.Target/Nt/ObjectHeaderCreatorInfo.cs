namespace LastRef.Nt;

/// <summary>Who created an object.</summary>
/// <remarks>Spec: U-1.24.</remarks>
[NtView("_OBJECT_HEADER_CREATOR_INFO")]
public readonly partial struct ObjectHeaderCreatorInfo(Target target, VirtualAddress address)
{
    [Field] public partial ListEntry TypeList { get; }

    [Field(Writable = true)] public partial VirtualAddress CreatorUniqueProcess { get; }
}

namespace LastRef.Nt;

/// <summary>An object's full name.</summary>
/// <remarks>Fact: OBJECT_NAME_INFORMATION, ntifs.h; the characters follow.</remarks>
[NtView("_OBJECT_NAME_INFORMATION")]
public readonly partial struct ObjectNameInformation(Target target, VirtualAddress address)
{
    [Field] public partial UnicodeString Name { get; }
}

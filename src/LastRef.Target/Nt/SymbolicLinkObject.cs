namespace LastRef.Nt;

/// <summary>A symbolic link: the name that it stands for, no reference to anything.</summary>
/// <remarks>Spec: U-1.59.</remarks>
[NtView("_OBJECT_SYMBOLIC_LINK")]
public readonly partial struct SymbolicLinkObject(Target target, VirtualAddress address)
{
    [Field("CreationTime.QuadPart", Writable = true)] public partial long CreationTime { get; }

    [Field] public partial UnicodeString LinkTarget { get; }

    [Field(Writable = true)] public partial uint DosDeviceDriveIndex { get; }

    [Field(Writable = true)] public partial uint Flags { get; }
}

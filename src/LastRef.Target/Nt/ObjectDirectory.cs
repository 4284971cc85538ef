namespace LastRef.Nt;

/// <summary>A directory of the object namespace, 37 hash chains.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_OBJECT_DIRECTORY")]
public readonly partial struct ObjectDirectory(Target target, VirtualAddress address)
{
    /// <summary>Heads of chains of <see cref="ObjectDirectoryEntry"/>.</summary>
    [Field] public partial FieldArray<VirtualAddress> HashBuckets { get; }

    [Field(Writable = true)] public partial uint SessionId { get; }

    [Field(Writable = true)] public partial uint Flags { get; }
}

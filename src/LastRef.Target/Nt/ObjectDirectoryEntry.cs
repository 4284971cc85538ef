namespace LastRef.Nt;

/// <summary>A name's place in a directory.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_OBJECT_DIRECTORY_ENTRY")]
public readonly partial struct ObjectDirectoryEntry(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial ObjectDirectoryEntry? ChainLink { get; }

    /// <summary>The object's body.</summary>
    [Field(Writable = true)] public partial VirtualAddress Object { get; }

    [Field(Writable = true)] public partial uint HashValue { get; }
}

namespace LastRef.Nt;

/// <summary>Handle counts of several processes.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_OBJECT_HANDLE_COUNT_DATABASE")]
public readonly partial struct ObjectHandleCountDatabase(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial uint CountEntries { get; }

    [Field] public partial ViewArray<ObjectHandleCountEntry> HandleCountEntries { get; }
}

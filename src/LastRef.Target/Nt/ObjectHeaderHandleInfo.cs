namespace LastRef.Nt;

/// <summary>Which processes have handles to an object.</summary>
/// <remarks>Spec: U-1.24. The single entry counts when the header's flag SingleHandleEntry is set.</remarks>
[NtView("_OBJECT_HEADER_HANDLE_INFO")]
public readonly partial struct ObjectHeaderHandleInfo(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial ObjectHandleCountDatabase? HandleCountDataBase { get; }

    [Field] public partial ObjectHandleCountEntry SingleEntry { get; }
}

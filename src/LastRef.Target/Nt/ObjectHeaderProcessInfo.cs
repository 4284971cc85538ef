namespace LastRef.Nt;

/// <summary>The process that has an object to itself.</summary>
/// <remarks>Spec: U-1.24.</remarks>
[NtView("_OBJECT_HEADER_PROCESS_INFO")]
public readonly partial struct ObjectHeaderProcessInfo(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial EProcess? ExclusiveProcess { get; }
}

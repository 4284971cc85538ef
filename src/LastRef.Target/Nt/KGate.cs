namespace LastRef.Nt;

/// <summary>A gate.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_KGATE")]
public readonly partial struct KGate(Target target, VirtualAddress address)
{
    [Field] public partial DispatcherHeader Header { get; }
}

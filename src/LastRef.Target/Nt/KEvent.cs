namespace LastRef.Nt;

/// <summary>An event.</summary>
/// <remarks>Fact: KEVENT, WDK reference.</remarks>
[NtView("_KEVENT")]
public readonly partial struct KEvent(Target target, VirtualAddress address)
{
    [Field] public partial DispatcherHeader Header { get; }
}

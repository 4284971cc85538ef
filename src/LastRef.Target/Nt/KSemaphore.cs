namespace LastRef.Nt;

/// <summary>A semaphore.</summary>
/// <remarks>Fact: KSEMAPHORE, WDK reference.</remarks>
[NtView("_KSEMAPHORE")]
public readonly partial struct KSemaphore(Target target, VirtualAddress address)
{
    [Field] public partial DispatcherHeader Header { get; }

    [Field(Writable = true)] public partial int Limit { get; }
}

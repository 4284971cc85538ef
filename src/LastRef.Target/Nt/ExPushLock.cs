namespace LastRef.Nt;

/// <summary>A push lock.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_EX_PUSH_LOCK")]
public readonly partial struct ExPushLock(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial ulong Value { get; }
}

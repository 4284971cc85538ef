namespace LastRef;

/// <summary>Something that a thread waits for, with everything that could signal it.</summary>
/// <param name="Place">Where it lies, for people: <c>the extension of \Device\X, at +0x28</c>; null when unknown.</param>
public sealed record WaitedObject(WaitedKind Kind, VirtualAddress Address, string? Place, IReadOnlyList<Signaller> Signallers);

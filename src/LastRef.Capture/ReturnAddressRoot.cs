namespace LastRef;

/// <summary>A return address on a thread's stack.</summary>
/// <param name="Thread">The ETHREAD.</param>
/// <param name="Address">Where the call would go back to.</param>
public readonly record struct ReturnAddressRoot(VirtualAddress Thread, VirtualAddress Address);

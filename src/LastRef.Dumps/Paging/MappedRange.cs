namespace LastRef.Dumps;

/// <summary>Virtual pages that are mapped, neighbours with neighbouring physical pages together.</summary>
/// <param name="Address">The first byte.</param>
/// <param name="Bytes">Length.</param>
/// <param name="Physical">Physical address of the first byte; meaningless in a triage dump.</param>
/// <param name="IsWritable">By the page tables; true where they are not in the dump.</param>
/// <param name="IsExecutable">By the page tables; true where they are not in the dump.</param>
public readonly record struct MappedRange(VirtualAddress Address, ulong Bytes, PhysicalAddress Physical, bool IsWritable, bool IsExecutable);

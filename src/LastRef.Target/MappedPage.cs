namespace LastRef;

/// <summary>One page of a machine's address space.</summary>
/// <param name="Address">Its first byte.</param>
/// <param name="PhysicalPage">Number of the physical page behind it (address divided by 4096); several pages may share one.</param>
/// <param name="IsWritable">False for read-only pages.</param>
/// <param name="IsExecutable">False for data.</param>
public readonly record struct MappedPage(VirtualAddress Address, ulong PhysicalPage, bool IsWritable, bool IsExecutable);

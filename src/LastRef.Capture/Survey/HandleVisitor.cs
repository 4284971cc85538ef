namespace LastRef;

/// <summary>Takes one handle of a table.</summary>
/// <returns>False to end the walk.</returns>
internal delegate bool HandleVisitor(uint value, VirtualAddress entry, VirtualAddress body, uint grantedAccess, uint? remainingBatch);

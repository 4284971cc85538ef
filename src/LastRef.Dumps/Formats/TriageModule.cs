namespace LastRef.Dumps;

/// <summary>A loaded or unloaded image in a small dump.</summary>
/// <param name="Name">File name; empty when the dump does not hold it.</param>
/// <param name="Base">First address.</param>
/// <param name="Bytes">Size in memory.</param>
/// <param name="TimeDateStamp">From the loader's entry; 0 for unloaded images.</param>
public readonly record struct TriageModule(string Name, VirtualAddress Base, uint Bytes, uint TimeDateStamp);

using LastRef.Symbols;

namespace LastRef.Dumps;

/// <summary>Which kernel a dump is of.</summary>
/// <param name="Build">The build number; 0 when nothing in the dump tells it.</param>
/// <param name="Base">Where the kernel image is loaded; null when it was not found.</param>
/// <param name="SizeOfImage">Its size in memory; 0 when its header is not in the dump.</param>
/// <param name="TimeDateStamp">From its PE header; 0 when that is not in the dump.</param>
/// <param name="CodeView">The PDB that belongs to it; null when its debug directory is not in the dump.</param>
public sealed record KernelIdentity(int Build, VirtualAddress? Base, uint SizeOfImage, uint TimeDateStamp, CodeViewRecord? CodeView);

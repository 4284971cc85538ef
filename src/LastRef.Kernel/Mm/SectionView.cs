using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>A part of a section at an address.</summary>
/// <param name="Process">Whose user space it lies in; null for the kernel's.</param>
/// <param name="Object">The section object, which the view does not keep.</param>
/// <param name="Section">What is mapped; null for physical memory.</param>
internal sealed record SectionView(VirtualAddress Process, ulong ByteCount, VirtualAddress Object, Section? Section);

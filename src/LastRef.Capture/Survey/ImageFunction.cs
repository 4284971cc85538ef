namespace LastRef;

/// <summary>A function of an image in memory, as the image's exception directory has it.</summary>
/// <param name="Begin">Its first instruction.</param>
/// <param name="Unwind">Its UNWIND_INFO.</param>
internal readonly record struct ImageFunction(VirtualAddress Image, VirtualAddress Begin, VirtualAddress Unwind);

namespace LastRef;

/// <summary>A place in which a driver keeps the address of an object: in its image or in the extension of a device of its.</summary>
/// <param name="Object">The object whose address lies there.</param>
/// <param name="At">The place.</param>
/// <param name="Image">File name of the image that the memory belongs to.</param>
/// <param name="Offset">From the start of the image or of the device extension.</param>
public sealed record CapturedKeeper(VirtualAddress Object, VirtualAddress At, string Image, PlaceKind Kind, ulong Offset);

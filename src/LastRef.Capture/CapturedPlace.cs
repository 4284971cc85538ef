namespace LastRef;

/// <summary>Where an address lies.</summary>
/// <param name="Owner">The device object, thread or pool block, or the image's base.</param>
/// <param name="Offset">From the start of the device extension, image, stack or block.</param>
public sealed record CapturedPlace(PlaceKind Kind, VirtualAddress Owner, ulong Offset);

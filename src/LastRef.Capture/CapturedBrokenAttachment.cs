namespace LastRef;

/// <summary>A device whose AttachedDevice leads to no device object any more: what was attached was deleted without being detached (U-3.61).</summary>
/// <param name="Device">The device below.</param>
/// <param name="Attached">Where the one above was.</param>
/// <param name="Found">What stands there now, for people.</param>
public sealed record CapturedBrokenAttachment(VirtualAddress Device, string DeviceName, VirtualAddress Attached, string Found);

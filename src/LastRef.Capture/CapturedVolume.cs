using LastRef.Nt;

namespace LastRef;

/// <summary>A volume that is mounted on a storage device (U-1.44).</summary>
/// <param name="Vpb">The block that ties the two.</param>
/// <param name="Device">The file system's volume device.</param>
/// <param name="FileSystem">Name or image of the file system's driver; null when it could not be read.</param>
/// <param name="Count"><c>VPB.ReferenceCount</c>: opens that go to the volume.</param>
public sealed record CapturedVolume(VirtualAddress Vpb, VirtualAddress Device, VirtualAddress Driver, string? FileSystem, uint Count);

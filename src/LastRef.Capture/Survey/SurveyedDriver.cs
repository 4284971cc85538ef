using LastRef.Nt;

namespace LastRef;

/// <summary>A driver object of a surveyed machine.</summary>
/// <param name="Name">Full object name, or DriverName when it has lost its place in the namespace; null when neither could be read.</param>
/// <param name="IsNamed">True while it is in <c>\Driver</c> or <c>\FileSystem</c>.</param>
/// <param name="ImageName">File name of the loaded image that it starts in; null when none.</param>
/// <param name="ServiceName">DriverExtension.ServiceKeyName; empty when it could not be read.</param>
/// <param name="Devices">Its device list, and how the walk of it ended.</param>
public sealed record SurveyedDriver(
    VirtualAddress Address, string? Name, bool IsNamed, string? ImageName, string ServiceName, DriverObjectFlags Flags,
    VirtualAddress Start, uint ByteCount, VirtualAddress Section, VirtualAddress DriverUnload, VirtualAddress AddDevice,
    long PointerCount, long HandleCount, Walk<VirtualAddress> Devices)
{
    /// <summary>The last part of the name.</summary>
    public string ShortName => Name is null ? "" : Name[(Name.LastIndexOf('\\') + 1)..];
}

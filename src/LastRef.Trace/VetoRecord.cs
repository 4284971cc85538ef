namespace LastRef;

/// <summary>An orderly removal was refused (U-5.13, U-5.14).</summary>
/// <param name="VetoType">A PNP_VETO_TYPE value (spec 5.6).</param>
/// <param name="Device">The physical device object.</param>
/// <param name="Name">Device instance path, driver, application or service: the type says which.</param>
public sealed record VetoRecord(int VetoType, VirtualAddress Device, string Name) : TraceRecord
{
    /// <summary>Who refused, or holds what is in the way: an image of a process, a driver; null when nobody is known.</summary>
    public string? Owner { get; init; }

    /// <summary>Open handles on the device's stack at that moment; empty when somebody else refused.</summary>
    public IReadOnlyList<VetoHolder> Holders { get; init; } = [];
}

namespace LastRef;

/// <summary>An orderly removal was refused (U-5.13, U-5.14).</summary>
/// <param name="VetoType">A PNP_VETO_TYPE value (spec 5.6).</param>
/// <param name="Device">The physical device object.</param>
public sealed record VetoRecord(int VetoType, VirtualAddress Device, string Name) : TraceRecord;

namespace LastRef.Reports;

/// <summary>The driver object or one of its devices.</summary>
/// <param name="Id">Its address, hexadecimal with 0x, and a number where the address was used before.</param>
/// <param name="Kind">driverObject or device.</param>
/// <param name="Made">Where a device was made.</param>
public sealed record ReportObject(string Id, string Kind, string Name, ReportSite? Made);

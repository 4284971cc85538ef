namespace LastRef.Reports;

/// <summary>A place in code.</summary>
/// <param name="Module">File name of the image; null when the address lies in none.</param>
/// <param name="Rva">Hexadecimal with 0x: the address that the call returns to, or the entry of a routine.</param>
public sealed record ReportSite(string? Module, string Rva, string? Function, string? File, int? Line)
{
    /// <summary>In one line: <c>AddDevice, r04.c:28 (r04-defect.sys+0x12a4)</c>.</summary>
    public override string ToString()
    {
        var place = Module is null ? Rva : $"{Module}+{Rva}";
        var source = File is null ? Function : Function is null ? $"{File}:{Line}" : $"{Function}, {File}:{Line}";
        return source is null ? place : $"{source} ({place})";
    }
}

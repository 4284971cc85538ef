using System.Globalization;

namespace LastRef.Reports;

/// <summary>The words by which formats name the closed sets of the model: stable, whatever the members are called in code.</summary>
internal static class ReportNames
{
    /// <summary>The member's name with its first letter in lower case: <c>exportDriver</c>.</summary>
    public static string Camel<T>(T value) where T : struct, Enum
    {
        var name = value.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }

    public static string? Hex(VirtualAddress address) => address.IsNull ? null : Hex(address.Value);

    public static string Hex(ulong value) => "0x" + value.ToString("x", CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Text.Json.Serialization;

namespace LastRef.Reports;

/// <summary>The bug check that stopped the machine of a dump.</summary>
/// <param name="Name">As the debugger's reference has it; null for a code that is not in LastRef's list.</param>
/// <param name="IsOfDriver">True when the dump ties it to the driver that the report is about.</param>
public sealed record ReportBugCheck(string Code, string? Name, IReadOnlyList<string> Parameters, bool IsOfDriver)
{
    /// <summary>The form in which reports show a crash; null for none.</summary>
    public static ReportBugCheck? Of(MachineCrash? crash) => crash is null
        ? null
        : new ReportBugCheck(
            "0x" + crash.Code.ToString("X", CultureInfo.InvariantCulture), BugCheckNames.Of(crash.Code),
            [.. crash.Parameters.Select(value => new VirtualAddress(value).ToString())], crash.IsOfDriver);

    /// <summary><c>bug check 0x50 PAGE_FAULT_IN_NONPAGED_AREA (…, …, …, …)</c>.</summary>
    [JsonIgnore]
    public string Text => $"bug check {Code}{(Name is null ? "" : " " + Name)} ({string.Join(", ", Parameters)})";
}

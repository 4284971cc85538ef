namespace LastRef.Reports;

/// <summary>The dump that a report is about, where no check was run.</summary>
/// <param name="File">The file's name, without its folder.</param>
/// <param name="Kind">In words: full dump, kernel dump, dump of a running machine.</param>
/// <param name="Structures">Where the structures of the kernel come from, and how well they fit.</param>
/// <param name="BugCheck">What stopped the machine; null when it ran on.</param>
public sealed record ReportDump(string File, string Kind, int Build, string Structures, ReportBugCheck? BugCheck);

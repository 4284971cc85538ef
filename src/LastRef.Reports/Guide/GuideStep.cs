namespace LastRef.Reports;

/// <summary>One thing to do in the debugger.</summary>
/// <param name="Question">What it answers.</param>
/// <param name="Command">What to type; names are those of the driver at hand.</param>
/// <param name="Look">What to read in the answer, and what this finding says it must be.</param>
/// <param name="Source">Row of the spec's table of commands.</param>
public sealed record GuideStep(string Question, string Command, string Look, string Source);

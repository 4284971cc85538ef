namespace LastRef.Reports;

/// <summary>Something that a person would see on Windows in a scenario: an error of <c>sc</c>, Device Manager's sentence, an event, a line of a log.</summary>
/// <param name="At">Position in the trace.</param>
/// <param name="Where">serviceControl, deviceManager, removalCall, systemLog or setupLog.</param>
/// <param name="Code">A Win32 error, a problem code, a CONFIGRET or Win32 error, an event's number, a veto type: which, the place says.</param>
/// <param name="Name">The code's name in the headers; empty when it has none.</param>
public sealed record ReportSeen(int At, string Where, int Code, string Name, string Text);

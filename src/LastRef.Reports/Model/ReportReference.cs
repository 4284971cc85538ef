namespace LastRef.Reports;

/// <summary>A reference from its taking to its release.</summary>
/// <param name="Object">Id of the object that it is on.</param>
/// <param name="Counter">pointerCount, ioCount or attachment.</param>
/// <param name="Cause">Why it was taken.</param>
/// <param name="Holder">Name of what holds it; null when nothing recorded it.</param>
/// <param name="Taken">Position in the trace.</param>
/// <param name="TakenAt">The call; null when the kernel itself took it.</param>
/// <param name="Released">Null when it never was.</param>
/// <param name="IsAmbiguous">True when the release could have ended another one as well.</param>
public sealed record ReportReference(
    string Object, string Counter, string Cause, string? Holder, int Taken, ReportSite? TakenAt, int? Released, ReportSite? ReleasedAt,
    bool IsAmbiguous);

namespace LastRef.Reports;

/// <summary>What of the driver came to run.</summary>
public sealed record ReportExercised(
    bool Entry, bool Add, bool Start, bool Open, IReadOnlyList<string> Irps, long CodeBytes, long CodeBytesRun);

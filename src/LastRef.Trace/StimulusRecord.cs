namespace LastRef;

/// <summary>A step of the scenario.</summary>
/// <param name="Subject">What it acted on: service, device or file name, client.</param>
public sealed record StimulusRecord(StimulusKind Kind, string Subject) : TraceRecord
{
    public NtStatus? Status { get; set; }

    /// <summary>What a person would see on Windows, such as <c>sc stop: error 1052</c>; null when nothing.</summary>
    public string? Seen { get; set; }
}

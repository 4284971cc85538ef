namespace LastRef;

/// <summary>Bounds of a survey, and who is told of its progress.</summary>
/// <remarks>Every list of a dump is untrusted: a walk that reaches a bound ends there and says so.</remarks>
public sealed record SurveyOptions
{
    public static SurveyOptions Default { get; } = new();

    /// <summary>Most items of any one list.</summary>
    public int ListLimit { get; init; } = 100_000;

    /// <summary>Most handles of all processes together.</summary>
    public int HandleLimit { get; init; } = 4_000_000;

    /// <summary>Most bytes that a pool scan looks at.</summary>
    public ulong ScanBytes { get; init; } = 64UL << 30;

    /// <summary>Scan the pool even when the lists explain everything: finds requests that only a driver knows of.</summary>
    public bool AlwaysScan { get; init; }

    /// <summary>Most bytes of one kernel stack.</summary>
    public int StackBytes { get; init; } = 0x10000;

    /// <summary>Most lines about what could not be seen.</summary>
    public int GapLimit { get; init; } = 200;

    /// <summary>The structures in the symbols of a loaded image; empty or null when there are none.</summary>
    public Func<CapturedModule, IReadOnlyList<StructureLayout>>? TypesOf { get; init; }

    /// <summary>Told of long work.</summary>
    public IProgress<SurveyProgress>? Progress { get; init; }

    /// <summary>Ends long work early; the survey then says where it was cut off.</summary>
    public CancellationToken Cancellation { get; init; }
}

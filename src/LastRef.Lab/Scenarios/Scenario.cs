namespace LastRef.Lab;

/// <summary>A story that the lab drives a driver through; the conclusion follows it (docs/architecture.md, "How a check runs").</summary>
/// <param name="Name">Short, lower case, with hyphens.</param>
/// <param name="Summary">One line for a person who picks it.</param>
/// <param name="Applies">Whether a driver with these traits can live it.</param>
/// <param name="Drive">The story's own part.</param>
internal sealed record Scenario(string Name, string Summary, Func<DriverTraits, bool> Applies, Action<ScenarioRun> Drive)
{
    /// <summary>The lab makes DriverEntry fail.</summary>
    public bool EntryFails { get; init; }

    /// <summary>The lab makes AddDevice fail.</summary>
    public bool AddDeviceFails { get; init; }

    /// <summary>The lab's bus makes START fail.</summary>
    public bool StartFails { get; init; }
}

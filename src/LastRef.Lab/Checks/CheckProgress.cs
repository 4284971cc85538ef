namespace LastRef.Lab;

/// <summary>How far a check has come.</summary>
/// <param name="Scenario">The scenario that begins now.</param>
/// <param name="Done">Scenarios finished.</param>
/// <param name="Total">Scenarios in all; may grow while the driver is being classified.</param>
public readonly record struct CheckProgress(string Scenario, int Done, int Total);

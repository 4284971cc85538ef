namespace LastRef.Lab;

/// <summary>What a scenario gave: its result, and what it adds to the knowledge of the driver.</summary>
/// <param name="Traits">Traits that showed in this scenario or in the probe.</param>
/// <param name="Exercised">What was brought to run.</param>
internal sealed record ScenarioOutcome(ScenarioResult Result, DriverTraits Traits, ExercisedBuilder Exercised);

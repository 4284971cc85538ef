namespace LastRef.Lab;

/// <summary>A scenario as a person picks it.</summary>
public sealed record ScenarioDescription(string Name, string Summary);

namespace LastRef;

/// <summary>A driver that looks stuck, and why.</summary>
/// <param name="Driver">Null for a device node whose driver object was not found.</param>
public sealed record StuckDriver(SurveyedDriver? Driver, string Name, IReadOnlyList<string> Why);

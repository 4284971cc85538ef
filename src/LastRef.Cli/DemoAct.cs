namespace LastRef.Cli;

/// <summary>One run of a demonstration.</summary>
/// <param name="Driver">A driver that the tool carries.</param>
/// <param name="Scenario">Which scenario it is run through.</param>
/// <param name="Intro">Lines before it.</param>
/// <param name="Moral">Lines after it.</param>
internal sealed record DemoAct(string Title, string Driver, string Scenario, IReadOnlyList<string> Intro, IReadOnlyList<string> Moral)
{
    /// <summary>JSON of the device that it is run on; null for the lab's own.</summary>
    public string? Profile { get; init; }
}

namespace LastRef.Cli;

/// <summary>A demonstration.</summary>
/// <param name="Intro">Lines before the first act.</param>
/// <param name="Page">The page of the documentation that goes further.</param>
internal sealed record Demo(string Title, IReadOnlyList<string> Intro, IReadOnlyList<DemoAct> Acts, string Page);

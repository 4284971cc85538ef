namespace LastRef;

/// <summary>A client or neighbour in a scenario and what it was told to do.</summary>
/// <param name="Image">File name: <c>app.exe</c>, <c>filter.sys</c>.</param>
/// <param name="Party"><see cref="Party.Client"/> or <see cref="Party.Neighbour"/>.</param>
/// <param name="IsOfLab">True when the lab made it; what such a client does wrong on purpose is a note, not a finding that counts.</param>
/// <param name="Task">What it was told to do, in a few words: <c>keeps its handle open</c>.</param>
public sealed record ScenarioClient(string Image, Party Party, bool IsOfLab, string Task);

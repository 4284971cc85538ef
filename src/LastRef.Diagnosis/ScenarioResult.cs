namespace LastRef;

/// <summary>One scenario: its judgement and everything that led to it.</summary>
/// <param name="Instructions">Guest instructions executed.</param>
/// <param name="Replay">Token with which the same run is had again.</param>
public sealed record ScenarioResult(ScenarioVerdict Verdict, Capture Capture, Trace Trace, ulong Instructions, string Replay);

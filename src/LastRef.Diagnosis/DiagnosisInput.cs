namespace LastRef;

/// <summary>Everything a diagnosis may look at.</summary>
/// <param name="Capture">The holder graph at the end.</param>
/// <param name="Trace">What happened; null for a dump: rules then lower their certainty.</param>
public sealed record DiagnosisInput(Capture Capture, Trace? Trace, ScenarioContext Context);

namespace LastRef;

/// <summary>How sure a finding is.</summary>
public enum Certainty
{
    /// <summary>Complete evidence, and every fact it rests on has a source of weight (tags D, H, F, W, K or A).</summary>
    Proven,

    /// <summary>A fact rests on inference only (tags N, R), or part of the evidence could not be seen.</summary>
    Likely,

    /// <summary>The symptom is there, the cause is not settled.</summary>
    Unknown,
}

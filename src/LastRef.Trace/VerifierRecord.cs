namespace LastRef;

/// <summary>Driver Verifier would stop the machine here; the run goes on, because what follows says more (spec 8.3).</summary>
/// <param name="Code">The bug check.</param>
/// <param name="Rule">Its first parameter: the rule that was broken.</param>
/// <param name="Object">The object that it is about.</param>
public sealed record VerifierRecord(uint Code, ulong Rule, string Explanation, VirtualAddress Object) : TraceRecord;

namespace LastRef;

/// <summary>A reference as a trace shows it: its taking, and its release where there was one.</summary>
/// <param name="Released">Null while it is outstanding.</param>
/// <param name="IsAmbiguous">True when the release could have ended another taking as well.</param>
public sealed record ReferencePair(ReferenceRecord Taken, ReferenceRecord? Released, bool IsAmbiguous)
{
    /// <summary>Every reference of a trace in the order of taking; pairing follows ownership (L-7).</summary>
    public static IReadOnlyList<ReferencePair> Of(Trace trace)
    {
        ArgumentNullException.ThrowIfNull(trace);
        return ReferenceLedger.Of(trace).Pairs();
    }
}

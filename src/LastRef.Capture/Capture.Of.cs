namespace LastRef;

public sealed partial record Capture
{
    /// <summary>Walks memory from the roots and builds the holder graph.</summary>
    /// <remarks>
    /// Never throws on garbage: every walk is bounded, and what cannot be read becomes a line in <see cref="Gaps"/>.
    /// Spec: U-8.1 to U-8.3.
    /// </remarks>
    public static Capture Of(Target target, CaptureRoots roots)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(roots);
        return new CaptureWalk(target, roots).Build();
    }
}

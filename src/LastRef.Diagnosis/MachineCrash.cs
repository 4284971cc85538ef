namespace LastRef;

/// <summary>The bug check that stopped a machine.</summary>
public sealed record MachineCrash(uint Code, IReadOnlyList<ulong> Parameters)
{
    /// <summary>True when the dump shows that it concerns the driver in question.</summary>
    public bool IsOfDriver { get; init; }
}

namespace LastRef.Lab;

/// <summary>A register in a range of ports or memory that answers otherwise than the rest of it.</summary>
/// <param name="Offset">From the start of the range.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Reads">What reads give, one after the other, the last for ever; all ones when empty.</param>
public sealed record ProfileRegister(uint Offset, uint Length, IReadOnlyList<ulong> Reads)
{
    /// <summary>Once it was written, reads give what was written.</summary>
    public bool KeepsWrites { get; init; }

    /// <summary>The interrupt line that a write to it raises; null for none.</summary>
    public uint? Raises { get; init; }
}

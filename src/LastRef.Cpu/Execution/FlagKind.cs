namespace LastRef.Cpu;

/// <summary>How the arithmetic flags follow from the two values kept by the last instruction that set them.</summary>
/// <remarks>
/// <para><see cref="Sub"/> + log2(size): A − B of sign-extended operands. The ten comparisons need no size, since sign extension keeps both orders.
/// Logic results are Sub64 of the sign-extended result and 0.</para>
/// <para><see cref="Add"/> + log2(size): A is the sign-extended sum, B an addend; carry is A &lt; B unsigned, as for Sub.</para>
/// <para><see cref="Result"/>: ZF, SF, PF of A (sign-extended); B holds CF in bit 0, OF in bit 1, AF in bit 2.</para>
/// <para><see cref="Explicit"/>: B holds the six flags as in rflags.</para>
/// </remarks>
internal static class FlagKind
{
    public const uint Sub = 0;
    public const uint Sub64 = 3;
    public const uint Add = 4;
    public const uint Result = 8;
    public const uint Explicit = 9;
}

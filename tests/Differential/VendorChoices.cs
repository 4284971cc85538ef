using Iced.Intel;

namespace LastRef.Tests;

/// <summary>
/// Results that the architecture leaves to the processor, so that two makers' processors differ and neither is wrong. What is
/// said here is compared as far as it is defined and no further.
/// </summary>
internal static class VendorChoices
{
    /// <summary>
    /// 1. A dot product adds several products, and when more than one of the values is a NaN the order of the additions decides
    /// whose payload is left. AMD's processors (Zen 5) leave one payload in every element, as ours does; Intel's may leave
    /// another in each. That an element is a NaN is defined, and compared: where both are NaNs, theirs is taken over.
    /// </summary>
    public static bool TakeNaNs(TestCase test, MachineState ours, MachineState theirs)
    {
        Instruction i = test.Instruction;
        if (i.Mnemonic is not (Mnemonic.Dpps or Mnemonic.Dppd))
            return false;
        int first = 2 * (i.Op0Register - Register.XMM0);
        bool taken = false;
        foreach (int half in new[] { first, first + 1 })
        {
            if (ours.Xmm[half] == theirs.Xmm[half] || !DifferOnlyInNaNs(ours.Xmm[half], theirs.Xmm[half], i.Mnemonic == Mnemonic.Dpps))
                continue;
            ours.Xmm[half] = theirs.Xmm[half];
            taken = true;
        }

        return taken;
    }

    private static bool DifferOnlyInNaNs(ulong a, ulong b, bool isSingle)
    {
        if (!isSingle)
            return double.IsNaN(BitConverter.UInt64BitsToDouble(a)) && double.IsNaN(BitConverter.UInt64BitsToDouble(b));
        return Same((uint)a, (uint)b) && Same((uint)(a >> 32), (uint)(b >> 32));

        static bool Same(uint x, uint y) =>
            x == y || (float.IsNaN(BitConverter.UInt32BitsToSingle(x)) && float.IsNaN(BitConverter.UInt32BitsToSingle(y)));
    }
}

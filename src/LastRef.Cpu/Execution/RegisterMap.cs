using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>Byte offset and size of each register in the register file, by Iced's number.</summary>
internal static class RegisterMap
{
    private static readonly byte[] s_offsets = new byte[IcedConstants.RegisterEnumCount];
    private static readonly byte[] s_sizes = new byte[IcedConstants.RegisterEnumCount];

    static RegisterMap()
    {
        for (var register = Register.AL; register <= Register.R15; register++)
        {
            int number = register.GetFullRegister().GetNumber();
            s_offsets[(int)register] = (byte)((number * 8) + (register is Register.AH or Register.CH or Register.DH or Register.BH ? 1 : 0));
            s_sizes[(int)register] = (byte)register.GetSize();
        }

        s_offsets[(int)Register.None] = CpuRegisters.ZeroOffset;
    }

    /// <summary>Offset of a general register; that of the zero slot for <see cref="Register.None"/>.</summary>
    public static int Offset(Register register) => s_offsets[(int)register];

    public static int Size(Register register) => s_sizes[(int)register];

    public static bool IsGeneral(Register register) => s_sizes[(int)register] != 0;
}

file static class IcedConstants
{
    public const int RegisterEnumCount = 256;
}

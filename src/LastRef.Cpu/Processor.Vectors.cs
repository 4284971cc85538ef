using System.Runtime.Intrinsics;
using Iced.Intel;

namespace LastRef.Cpu;

public sealed unsafe partial class Processor
{
    internal Vector128<byte>* Xmm => (Vector128<byte>*)((byte*)_state + CpuRegisters.XmmOffset);

    /// <summary>An x87 data register by its physical number; its significand is the MMX register of that number.</summary>
    internal Extended* St => (Extended*)((byte*)_state + CpuRegisters.StOffset);

    internal static bool IsXmm(Register register) => register is >= Iced.Intel.Register.XMM0 and <= Iced.Intel.Register.XMM15;

    /// <summary>A vector operand; from memory as many bytes as the instruction reads, the rest zero. Sixteen bytes must be aligned.</summary>
    internal Vector128<byte> GetX(in Instruction i, int operand, bool aligned = true)
    {
        if (i.GetOpKind(operand) == OpKind.Register)
        {
            Register register = i.GetOpRegister(operand);
            if (IsXmm(register))
                return Xmm[register - Iced.Intel.Register.XMM0];
            if (!RegisterMap.IsGeneral(register))
                Unsupported();
            return Vector128.CreateScalar(Register(register)).AsByte();
        }

        ulong address = Address(i);
        int size = i.MemorySize.GetSize();
        if (size > 16)
            Unsupported();
        if (size == 16 && aligned && (address & 15) != 0)
            Raise(13);
        Vector128<byte> value = default;
        ReadBytes(address, (byte*)&value, size);
        return value;
    }

    /// <summary>Writes a vector operand; to memory as many bytes as the instruction writes.</summary>
    internal void SetX(in Instruction i, int operand, Vector128<byte> value, bool aligned = true)
    {
        if (_faulted)
            return;
        if (i.GetOpKind(operand) == OpKind.Register)
        {
            Register register = i.GetOpRegister(operand);
            if (IsXmm(register))
                Xmm[register - Iced.Intel.Register.XMM0] = value;
            else
                Unsupported();
            return;
        }

        ulong address = Address(i);
        int size = i.MemorySize.GetSize();
        if (size == 16 && aligned && (address & 15) != 0)
            Raise(13);
        WriteBytes(address, (byte*)&value, size);
    }
}

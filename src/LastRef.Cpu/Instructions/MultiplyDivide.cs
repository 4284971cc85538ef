using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>mul, imul, div, idiv, mulx.</summary>
internal static unsafe class MultiplyDivide
{
    public static void Mul(Processor cpu, in Instruction i)
    {
        int size = Processor.SizeOf(i, 0);
        UInt128 product = (UInt128)Accumulator(cpu, size) * cpu.Get(i, 0);
        ulong high = (ulong)(product >> (size * 8)) & Mask(size);
        Store(cpu, size, (ulong)product, high);
        SetFlags(cpu, (ulong)product, size, high != 0);
    }

    public static void Imul(Processor cpu, in Instruction i)
    {
        int size = Processor.SizeOf(i, 0);
        if (i.OpCount == 1)
        {
            Int128 wide = (Int128)Arithmetic.Extend(Accumulator(cpu, size), size) * Arithmetic.Extend(cpu.Get(i, 0), size);
            Store(cpu, size, (ulong)wide, (ulong)(wide >> (size * 8)));
            SetFlags(cpu, (ulong)wide, size, wide != Arithmetic.Extend((ulong)wide, size));
            return;
        }

        int first = i.OpCount == 3 ? 1 : 0;
        Int128 product = (Int128)Arithmetic.Extend(cpu.Get(i, first), size) * Arithmetic.Extend(cpu.Get(i, first + 1), size);
        cpu.Set(i, 0, (ulong)product);
        SetFlags(cpu, (ulong)product, size, product != Arithmetic.Extend((ulong)product, size));
    }

    public static void Div(Processor cpu, in Instruction i)
    {
        int size = Processor.SizeOf(i, 0);
        ulong divisor = cpu.Get(i, 0);
        if (cpu.Faulted)
            return;
        UInt128 dividend = ((UInt128)High(cpu, size) << (size * 8)) | Accumulator(cpu, size);
        if (divisor == 0 || dividend / divisor > Mask(size))
        {
            cpu.Raise(0);
            return;
        }

        Store(cpu, size, (ulong)(dividend / divisor), (ulong)(dividend % divisor));
    }

    public static void Idiv(Processor cpu, in Instruction i)
    {
        int size = Processor.SizeOf(i, 0);
        long divisor = Arithmetic.Extend(cpu.Get(i, 0), size);
        if (cpu.Faulted)
            return;
        Int128 dividend = ((Int128)Arithmetic.Extend(High(cpu, size), size) << (size * 8)) | Accumulator(cpu, size);
        if (divisor == 0)
        {
            cpu.Raise(0);
            return;
        }

        if (divisor == -1 && dividend == Int128.MinValue)
        {
            cpu.Raise(0);
            return;
        }

        Int128 quotient = dividend / divisor;
        if (quotient != Arithmetic.Extend((ulong)quotient, size))
        {
            cpu.Raise(0);
            return;
        }

        Store(cpu, size, (ulong)quotient, (ulong)(dividend % divisor));
    }

    public static void Mulx(Processor cpu, in Instruction i)
    {
        int size = Processor.SizeOf(i, 0);
        UInt128 product = (UInt128)(cpu.R.Rdx & Mask(size)) * cpu.Get(i, 2);
        cpu.Set(i, 1, (ulong)product);
        cpu.Set(i, 0, (ulong)(product >> (size * 8)));
    }

    private static ulong Mask(int size) => ulong.MaxValue >> (64 - (size * 8));

    private static ulong Accumulator(Processor cpu, int size) => cpu.R.Rax & Mask(size);

    private static ulong High(Processor cpu, int size) => size == 1 ? (cpu.R.Rax >> 8) & 0xFF : cpu.R.Rdx & Mask(size);

    private static void Store(Processor cpu, int size, ulong low, ulong high)
    {
        switch (size)
        {
            case 1:
                cpu.SetRegister(Register.AL, low);
                cpu.SetRegister(Register.AH, high);
                break;
            case 2:
                cpu.SetRegister(Register.AX, low);
                cpu.SetRegister(Register.DX, high);
                break;
            case 4:
                cpu.SetRegister(Register.EAX, low);
                cpu.SetRegister(Register.EDX, high);
                break;
            default:
                cpu.SetRegister(Register.RAX, low);
                cpu.SetRegister(Register.RDX, high);
                break;
        }
    }

    /// <summary>CF and OF say that the high half matters. SF, ZF, PF are undefined; ours follow the low half, AF is clear.</summary>
    private static void SetFlags(Processor cpu, ulong low, int size, bool overflow) =>
        Flags.Set(cpu.State, FlagKind.Result, Arithmetic.Extend(low, size), overflow ? 3 : 0);
}

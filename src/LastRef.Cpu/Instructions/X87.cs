using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>x87 loads, stores, sums, differences and comparisons. Products, quotients and functions are not implemented.</summary>
/// <remarks>
/// Intel SDM volume 1, chapter 8, and volume 2 by instruction. Exceptions must be masked, as they are in the kernel; one that is not is unsupported.
/// C0, C2 and C3, which most instructions leave undefined, stay as they are.
/// </remarks>
internal static unsafe class X87
{
    public const int ExceptionBits = 0x3F;
    private const int TopShift = 11, TopBits = 7 << TopShift, Conditions = 0x4700, ConditionOne = 0x200;

    /// <summary>Number of the register that is the n-th from the top of the stack.</summary>
    public static int Physical(Processor cpu, int n) => ((cpu.R.FpuStatus >> TopShift) + n) & 7;

    /// <summary>An exception is raised and not masked: the next waiting instruction would be interrupted.</summary>
    public static bool IsExceptionPending(Processor cpu) => (cpu.R.FpuStatus & ~cpu.R.FpuControl & ExceptionBits) != 0;

    /// <returns>False for an instruction that is not implemented.</returns>
    public static bool Execute(Processor cpu, in Instruction i)
    {
        if (!IsKnown(i.Mnemonic))
            return false;
        if (IsExceptionPending(cpu))
        {
            cpu.Unsupported();
            return true;
        }

        var math = new X87Arithmetic(cpu.R.FpuControl);
        switch (i.Mnemonic)
        {
            case Mnemonic.Fld or Mnemonic.Fild: Load(cpu, i, math); break;
            case Mnemonic.Fld1: Push(cpu, math, Extended.One); break;
            case Mnemonic.Fldz: Push(cpu, math, Extended.Zero(negative: false)); break;
            case Mnemonic.Fst or Mnemonic.Fstp or Mnemonic.Fist or Mnemonic.Fistp or Mnemonic.Fisttp: Store(cpu, i, math); break;
            case Mnemonic.Fadd or Mnemonic.Fiadd or Mnemonic.Faddp: Sum(cpu, i, math, negateFirst: false, negateSecond: false); break;
            case Mnemonic.Fsub or Mnemonic.Fisub or Mnemonic.Fsubp: Sum(cpu, i, math, negateFirst: false, negateSecond: true); break;
            case Mnemonic.Fsubr or Mnemonic.Fisubr or Mnemonic.Fsubrp: Sum(cpu, i, math, negateFirst: true, negateSecond: false); break;
            case Mnemonic.Fchs: Change(cpu, math, static value => value.Negated); break;
            case Mnemonic.Fabs: Change(cpu, math, static value => value.IsNegative ? value.Negated : value); break;
            case Mnemonic.Fxch: Exchange(cpu, i, math); break;
            default: Compare(cpu, i, math); break;
        }

        return true;
    }

    private static bool IsKnown(Mnemonic mnemonic) => mnemonic is Mnemonic.Fld or Mnemonic.Fild or Mnemonic.Fld1 or Mnemonic.Fldz
        or Mnemonic.Fst or Mnemonic.Fstp or Mnemonic.Fist or Mnemonic.Fistp or Mnemonic.Fisttp
        or Mnemonic.Fadd or Mnemonic.Faddp or Mnemonic.Fiadd or Mnemonic.Fsub or Mnemonic.Fsubp or Mnemonic.Fisub
        or Mnemonic.Fsubr or Mnemonic.Fsubrp or Mnemonic.Fisubr or Mnemonic.Fchs or Mnemonic.Fabs or Mnemonic.Fxch
        or Mnemonic.Fcom or Mnemonic.Fcomp or Mnemonic.Fcompp or Mnemonic.Fucom or Mnemonic.Fucomp or Mnemonic.Fucompp
        or Mnemonic.Ficom or Mnemonic.Ficomp or Mnemonic.Fcomi or Mnemonic.Fcomip or Mnemonic.Fucomi or Mnemonic.Fucomip;

    private static void Load(Processor cpu, in Instruction i, X87Arithmetic math)
    {
        Extended value = i.Op0Kind == OpKind.Register ? Peek(cpu, ref math, Index(i, 0)) : ReadMemory(cpu, i, ref math);
        if (!cpu.Faulted)
            Push(cpu, math, value);
    }

    private static void Store(Processor cpu, in Instruction i, X87Arithmetic math)
    {
        bool pops = i.Mnemonic is Mnemonic.Fstp or Mnemonic.Fistp or Mnemonic.Fisttp;
        Extended value = Peek(cpu, ref math, 0);
        if (i.Op0Kind == OpKind.Register)
        {
            if (Commit(cpu, math))
                Put(cpu, Index(i, 0), value);
        }
        else if (i.MemorySize == MemorySize.Float80)
        {
            byte* bytes = stackalloc byte[10];
            *(ulong*)bytes = value.Significand;
            *(ushort*)(bytes + 8) = value.SignExponent;
            WriteAndCommit(cpu, i, math, bytes, 10);
        }
        else
        {
            ulong bits = i.MemorySize switch
            {
                MemorySize.Float32 => math.ToSingle(value),
                MemorySize.Float64 => math.ToDouble(value),
                _ => (ulong)math.ToInteger(value, 8 * i.MemorySize.GetSize(), truncate: i.Mnemonic == Mnemonic.Fisttp),
            };
            WriteAndCommit(cpu, i, math, (byte*)&bits, i.MemorySize.GetSize());
        }

        if (pops && !cpu.Faulted)
            Pop(cpu);
    }

    private static void Sum(Processor cpu, in Instruction i, X87Arithmetic math, bool negateFirst, bool negateSecond)
    {
        bool isMemory = i.Op0Kind == OpKind.Memory;
        int target = isMemory ? 0 : Index(i, 0);
        Extended a = Peek(cpu, ref math, target), b = isMemory ? default : Peek(cpu, ref math, Index(i, 1));
        if (isMemory)
            b = ReadMemory(cpu, i, ref math, forArithmetic: true);
        if (cpu.Faulted)
            return;

        // A NaN is handed on with its own sign, so only numbers are negated.
        if (negateFirst && !a.IsNaN)
            a = a.Negated;
        if (negateSecond && !b.IsNaN)
            b = b.Negated;
        Extended sum = (math.Raised & X87Arithmetic.StackFault) != 0 ? Extended.Indefinite : math.Add(a, b);
        if (!Commit(cpu, math))
            return;
        Put(cpu, target, sum);
        if (i.Mnemonic is Mnemonic.Faddp or Mnemonic.Fsubp or Mnemonic.Fsubrp)
            Pop(cpu);
    }

    private static void Compare(Processor cpu, in Instruction i, X87Arithmetic math)
    {
        bool isMemory = i.OpCount > 0 && i.Op0Kind == OpKind.Memory;
        bool quiet = i.Mnemonic is Mnemonic.Fucom or Mnemonic.Fucomp or Mnemonic.Fucompp or Mnemonic.Fucomi or Mnemonic.Fucomip;
        int pops = i.Mnemonic switch
        {
            Mnemonic.Fcompp or Mnemonic.Fucompp => 2,
            Mnemonic.Fcomp or Mnemonic.Fucomp or Mnemonic.Ficomp or Mnemonic.Fcomip or Mnemonic.Fucomip => 1,
            _ => 0,
        };
        Extended a = Peek(cpu, ref math, 0);
        Extended b = isMemory ? ReadMemory(cpu, i, ref math, forArithmetic: true) : Peek(cpu, ref math, i.OpCount == 2 ? Index(i, 1) : 1);
        if (cpu.Faulted)
            return;
        int result = (math.Raised & X87Arithmetic.StackFault) != 0 ? 0x4500 : math.Compare(a, b, quiet);
        int conditionOne = cpu.R.FpuStatus & ConditionOne;
        if (!Commit(cpu, math))
            return;
        if (i.Mnemonic is Mnemonic.Fcomi or Mnemonic.Fcomip or Mnemonic.Fucomi or Mnemonic.Fucomip)
        {
            // C1 tells of an empty register and stays otherwise, as processors do it.
            if ((math.Raised & X87Arithmetic.StackFault) == 0)
                cpu.R.FpuStatus |= (ushort)conditionOne;

            // C3, C2 and C0 in the places of ZF, PF and CF; the others are cleared.
            Flags.SetExplicit(cpu.State, (ulong)(result >> 8 & 0x45));
        }
        else
        {
            cpu.R.FpuStatus = (ushort)((cpu.R.FpuStatus & ~Conditions) | result);
        }

        for (; pops > 0; pops--)
            Pop(cpu);
    }

    private static void Change(Processor cpu, X87Arithmetic math, Func<Extended, Extended> change)
    {
        Extended value = Peek(cpu, ref math, 0);
        if ((math.Raised & X87Arithmetic.StackFault) == 0)
            value = change(value);
        if (Commit(cpu, math))
            Put(cpu, 0, value);
    }

    private static void Exchange(Processor cpu, in Instruction i, X87Arithmetic math)
    {
        int other = Index(i, 1);
        Extended a = Peek(cpu, ref math, 0), b = Peek(cpu, ref math, other);
        if (!Commit(cpu, math))
            return;
        Put(cpu, 0, b);
        Put(cpu, other, a);
    }

    /// <summary>A memory operand; as one of a sum or a comparison a signaling NaN stays one for that to see.</summary>
    private static Extended ReadMemory(Processor cpu, in Instruction i, ref X87Arithmetic math, bool forArithmetic = false)
    {
        ulong address = cpu.Address(i);
        int size = i.MemorySize.GetSize();
        byte* bytes = stackalloc byte[16];
        *(ulong*)bytes = 0;
        cpu.ReadBytes(address, bytes, size);
        switch (i.MemorySize)
        {
            case MemorySize.Float80: return new Extended(*(ushort*)(bytes + 8), *(ulong*)bytes);
            case MemorySize.Int16: return Extended.FromInteger(*(short*)bytes);
            case MemorySize.Int32: return Extended.FromInteger(*(int*)bytes);
            case MemorySize.Int64: return Extended.FromInteger(*(long*)bytes);
        }

        bool isSingle = i.MemorySize == MemorySize.Float32;
        Extended value = isSingle ? Extended.FromSingle(*(uint*)bytes) : Extended.FromDouble(*(ulong*)bytes);
        bool isDenormal = isSingle ? float.IsSubnormal(*(float*)bytes) : double.IsSubnormal(*(double*)bytes);
        if (!forArithmetic)
            return math.Load(value, isDenormal);
        if (isDenormal)
            math.NoteDenormalOperand();
        return value;
    }

    /// <summary>The n-th register from the top; an empty one is a stack fault and reads as indefinite.</summary>
    private static Extended Peek(Processor cpu, ref X87Arithmetic math, int n)
    {
        int register = Physical(cpu, n);
        if ((cpu.R.FpuTag >> register & 1) != 0)
            return cpu.St[register];
        math.Raise(X87Arithmetic.Invalid | X87Arithmetic.StackFault);
        return Extended.Indefinite;
    }

    private static void Push(Processor cpu, X87Arithmetic math, Extended value)
    {
        int register = Physical(cpu, -1);
        bool isFull = (cpu.R.FpuTag >> register & 1) != 0;
        if (isFull && (math.Raised & X87Arithmetic.StackFault) == 0)
        {
            // The fault is found before the operand is looked at, unless that is an empty register.
            math = new X87Arithmetic(cpu.R.FpuControl);
            math.Raise(X87Arithmetic.Invalid | X87Arithmetic.StackFault | ConditionOne);
            value = Extended.Indefinite;
        }

        if (!Commit(cpu, math))
            return;
        cpu.R.FpuStatus = (ushort)((cpu.R.FpuStatus & ~TopBits) | (register << TopShift));
        Put(cpu, 0, value);
    }

    private static void Put(Processor cpu, int n, Extended value)
    {
        int register = Physical(cpu, n);
        cpu.St[register] = value;
        cpu.R.FpuTag |= (byte)(1 << register);
    }

    private static void Pop(Processor cpu)
    {
        int register = Physical(cpu, 0);
        cpu.R.FpuTag &= (byte)~(1 << register);
        cpu.R.FpuStatus = (ushort)((cpu.R.FpuStatus & ~TopBits) | (((register + 1) & 7) << TopShift));
    }

    /// <summary>Writes what an operation raised into the status word; false when that is not masked or something has faulted.</summary>
    private static bool Commit(Processor cpu, in X87Arithmetic math)
    {
        if ((math.Raised & ~cpu.R.FpuControl & ExceptionBits) != 0)
            cpu.Unsupported();
        if (cpu.Faulted)
            return false;
        cpu.R.FpuStatus = (ushort)((cpu.R.FpuStatus & ~ConditionOne) | math.Raised);
        return true;
    }

    private static void WriteAndCommit(Processor cpu, in Instruction i, in X87Arithmetic math, byte* bytes, int count)
    {
        if ((math.Raised & ~cpu.R.FpuControl & ExceptionBits) != 0)
            cpu.Unsupported();
        cpu.WriteBytes(cpu.Address(i), bytes, count);
        Commit(cpu, math);
    }

    private static int Index(in Instruction i, int operand) => i.GetOpRegister(operand) - Register.ST0;
}

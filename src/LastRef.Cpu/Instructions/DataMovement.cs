using System.Buffers.Binary;
using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>mov and its relatives, lea, xchg, stack, setcc, cmovcc.</summary>
internal static unsafe class DataMovement
{
    public static void Mov(Processor cpu, in Instruction i)
    {
        if (i.Op0Kind == OpKind.Register && !RegisterMap.IsGeneral(i.Op0Register))
            SystemInstructions.MovToSpecial(cpu, i);
        else if (i.Op1Kind == OpKind.Register && !RegisterMap.IsGeneral(i.Op1Register))
            SystemInstructions.MovFromSpecial(cpu, i);
        else
            cpu.Set(i, 0, cpu.Get(i, 1));
    }

    public static void Movzx(Processor cpu, in Instruction i) => cpu.Set(i, 0, cpu.Get(i, 1));

    public static void Movsx(Processor cpu, in Instruction i) =>
        cpu.Set(i, 0, (ulong)Arithmetic.Extend(cpu.Get(i, 1), Processor.SizeOf(i, 1)));

    public static void Movbe(Processor cpu, in Instruction i) => cpu.Set(i, 0, Swap(cpu.Get(i, 1), Processor.SizeOf(i, 0)));

    public static void Bswap(Processor cpu, in Instruction i)
    {
        // The 16-bit form is undefined; current processors clear the register.
        int size = Processor.SizeOf(i, 0);
        cpu.Set(i, 0, size == 2 ? 0 : Swap(cpu.Get(i, 0), size));
    }

    public static void Lea(Processor cpu, in Instruction i) => cpu.Set(i, 0, cpu.Offset(i));

    public static void Xchg(Processor cpu, in Instruction i)
    {
        ulong a = cpu.Get(i, 0), b = cpu.Get(i, 1);
        if (i.Op0Kind == OpKind.Memory)
        {
            cpu.Set(i, 0, b);
            cpu.Set(i, 1, a);
        }
        else
        {
            cpu.Set(i, 1, a);
            cpu.Set(i, 0, b);
        }
    }

    public static void Xadd(Processor cpu, in Instruction i)
    {
        int size = Processor.SizeOf(i, 0);
        ulong a = cpu.Get(i, 0), b = cpu.Get(i, 1);
        if (i.Op0Kind == OpKind.Memory)
        {
            cpu.Set(i, 0, a + b);
            cpu.Set(i, 1, a);
        }
        else
        {
            cpu.Set(i, 1, a);
            cpu.Set(i, 0, a + b);
        }

        Flags.Set(cpu.State, FlagKind.Add + Arithmetic.SizeLog(size), Arithmetic.Extend(a + b, size), Arithmetic.Extend(b, size));
    }

    public static void Cmpxchg(Processor cpu, in Instruction i)
    {
        int size = Processor.SizeOf(i, 0);
        ulong mask = ulong.MaxValue >> (64 - (size * 8));
        ulong accumulator = cpu.R.Rax & mask;
        ulong destination = cpu.Get(i, 0);
        ulong source = cpu.Get(i, 1);
        bool equal = accumulator == destination;

        // Memory is written in both cases, so a read-only page faults in both; an unequal register keeps even its upper half.
        if (equal || i.Op0Kind == OpKind.Memory)
            cpu.Set(i, 0, equal ? source : destination);
        if (!equal)
        {
            Register rax = size switch { 1 => Register.AL, 2 => Register.AX, 4 => Register.EAX, _ => Register.RAX };
            cpu.SetRegister(rax, destination);
        }

        Flags.Set(cpu.State, FlagKind.Sub + Arithmetic.SizeLog(size), Arithmetic.Extend(accumulator, size), Arithmetic.Extend(destination, size));
    }

    public static void Cmpxchg8b(Processor cpu, in Instruction i)
    {
        ref CpuRegisters r = ref cpu.R;
        ulong address = cpu.Address(i);
        ulong old = cpu.Read(address, 8);
        bool equal = old == ((r.Rdx << 32) | (uint)r.Rax);
        cpu.Write(address, 8, equal ? (r.Rcx << 32) | (uint)r.Rbx : old);
        if (!equal)
        {
            cpu.SetRegister(Register.EAX, old);
            cpu.SetRegister(Register.EDX, old >> 32);
        }

        Flags.Replace(cpu.State, Flags.Zero, equal ? Flags.Zero : 0);
    }

    public static void Cmpxchg16b(Processor cpu, in Instruction i)
    {
        ref CpuRegisters r = ref cpu.R;
        ulong address = cpu.Address(i);
        if ((address & 15) != 0)
        {
            cpu.Raise(13);
            return;
        }

        ulong low = cpu.Read(address, 8), high = cpu.Read(address + 8, 8);
        bool equal = low == r.Rax && high == r.Rdx;
        cpu.Write(address, 8, equal ? r.Rbx : low);
        cpu.Write(address + 8, 8, equal ? r.Rcx : high);
        if (!equal)
        {
            cpu.SetRegister(Register.RAX, low);
            cpu.SetRegister(Register.RDX, high);
        }

        Flags.Replace(cpu.State, Flags.Zero, equal ? Flags.Zero : 0);
    }

    public static void Push(Processor cpu, in Instruction i)
    {
        int size = StackSize(i);
        if (i.Op0Kind == OpKind.Register && !RegisterMap.IsGeneral(i.Op0Register))
            cpu.Push(size, SystemInstructions.Selector(cpu, i.Op0Register));
        else
            cpu.Push(size, cpu.Get(i, 0));
    }

    public static void Pop(Processor cpu, in Instruction i)
    {
        if (i.Op0Kind == OpKind.Register && !RegisterMap.IsGeneral(i.Op0Register))
        {
            cpu.Unsupported();
            return;
        }

        // An address based on rsp uses its value after the increment.
        ulong value = cpu.Pop(StackSize(i));
        cpu.Set(i, 0, value);
    }

    public static void Pushf(Processor cpu, in Instruction i)
    {
        Flags.Materialise(cpu.State);
        cpu.Push(i.Mnemonic == Mnemonic.Pushf ? 2 : 8, cpu.R.Rflags & 0xFCFFFF);
    }

    public static void Popf(Processor cpu, in Instruction i)
    {
        bool is16 = i.Mnemonic == Mnemonic.Popf;
        ulong value = cpu.Pop(is16 ? 2 : 8);
        if (cpu.Faulted)
            return;
        if ((value & Flags.Trap) != 0)
        {
            cpu.Unsupported();
            return;
        }

        ulong writable = Flags.Arithmetic | Flags.Interrupt | Flags.Direction | 0x7000;
        if (!is16)
            writable |= Flags.AlignmentCheck | Flags.Identification;
        bool interruptBefore = (cpu.R.Rflags & Flags.Interrupt) != 0;
        cpu.R.Rflags = (cpu.R.Rflags & ~writable) | (value & writable) | 2;
        Flags.Load(cpu.State);
        bool interruptAfter = (value & Flags.Interrupt) != 0;
        if (interruptBefore != interruptAfter)
            cpu.Host.SetInterruptFlag(interruptAfter);
    }

    public static void Enter(Processor cpu, in Instruction i)
    {
        int size = i.Mnemonic == Mnemonic.Enter && i.Code == Code.Enterw_imm16_imm8 ? 2 : 8;
        int level = i.Immediate8_2nd & 31;
        ulong rsp = cpu.R.Rsp, rbp = cpu.R.Rbp;
        ulong frame = rsp - (ulong)size;
        int slots = level == 0 ? 1 : level + 1;

        // First whatever can fault, the new top of the stack included; then the stores in order, since copied frames may overlap.
        ulong top = rsp - (ulong)(slots * size) - i.Immediate16;
        cpu.ProbeWrite(top, size);
        for (int n = 1; n <= slots && !cpu.Faulted; n++)
            cpu.ProbeWrite(rsp - (ulong)(n * size), size);
        for (int n = 1; n < level; n++)
            cpu.Read(rbp - (ulong)(n * size), size);
        cpu.Write(frame, size, rbp);
        for (int n = 1; n < level; n++)
            cpu.Write(frame - (ulong)(n * size), size, cpu.Read(rbp - (ulong)(n * size), size));
        if (level > 0)
            cpu.Write(frame - (ulong)(level * size), size, frame);
        if (cpu.Faulted)
            return;
        cpu.R.Rsp = top;
        cpu.SetRegister(size == 2 ? Register.BP : Register.RBP, frame);
    }

    public static void Leave(Processor cpu, in Instruction i)
    {
        int size = i.Code == Code.Leavew ? 2 : 8;
        cpu.R.Rsp = cpu.R.Rbp;
        ulong value = cpu.Pop(size);
        cpu.SetRegister(size == 2 ? Register.BP : Register.RBP, value);
    }

    public static void Setcc(Processor cpu, in Instruction i) => cpu.Set(i, 0, Flags.Holds(cpu.State, Condition(i)) ? 1u : 0);

    public static void Cmov(Processor cpu, in Instruction i)
    {
        // The source is read, and a 32-bit destination zero-extended, whether or not the condition holds.
        ulong source = cpu.Get(i, 1);
        cpu.Set(i, 0, Flags.Holds(cpu.State, Condition(i)) ? source : cpu.Get(i, 0));
    }

    public static void Xlat(Processor cpu, in Instruction i)
    {
        ulong address = cpu.R.Rbx + (byte)cpu.R.Rax;
        if (i.MemoryBase == Register.EBX)
            address = (uint)address;
        cpu.SetRegister(Register.AL, cpu.Read(address + cpu.SegmentBase(i.MemorySegment), 1));
    }

    /// <summary>Number of a condition code as in the encoding; Iced numbers them from 1 in another order.</summary>
    public static int Condition(in Instruction i) => i.ConditionCode switch
    {
        ConditionCode.o => 0,
        ConditionCode.no => 1,
        ConditionCode.b => 2,
        ConditionCode.ae => 3,
        ConditionCode.e => 4,
        ConditionCode.ne => 5,
        ConditionCode.be => 6,
        ConditionCode.a => 7,
        ConditionCode.s => 8,
        ConditionCode.ns => 9,
        ConditionCode.p => 10,
        ConditionCode.np => 11,
        ConditionCode.l => 12,
        ConditionCode.ge => 13,
        ConditionCode.le => 14,
        _ => 15,
    };

    private static int StackSize(in Instruction i) => i.StackPointerIncrement is 2 or -2 ? 2 : 8;

    private static ulong Swap(ulong value, int size) => size switch
    {
        2 => BinaryPrimitives.ReverseEndianness((ushort)value),
        4 => BinaryPrimitives.ReverseEndianness((uint)value),
        _ => BinaryPrimitives.ReverseEndianness(value),
    };
}

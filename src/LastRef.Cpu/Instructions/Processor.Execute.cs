using Iced.Intel;

namespace LastRef.Cpu;

public sealed unsafe partial class Processor
{
    /// <summary>The plain interpreter: every supported instruction, one method each by family. The hot loop's micro-ops are tested against it.</summary>
    private void Execute(in Instruction i)
    {
        if (i.ConditionCode != ConditionCode.None && ExecuteConditional(i))
            return;
        switch (i.Mnemonic)
        {
            case Mnemonic.Mov: DataMovement.Mov(this, i); break;
            case Mnemonic.Movnti: DataMovement.Movzx(this, i); break;
            case Mnemonic.Movzx: DataMovement.Movzx(this, i); break;
            case Mnemonic.Movsx or Mnemonic.Movsxd: DataMovement.Movsx(this, i); break;
            case Mnemonic.Movbe: DataMovement.Movbe(this, i); break;
            case Mnemonic.Bswap: DataMovement.Bswap(this, i); break;
            case Mnemonic.Lea: DataMovement.Lea(this, i); break;
            case Mnemonic.Xchg: DataMovement.Xchg(this, i); break;
            case Mnemonic.Xadd: DataMovement.Xadd(this, i); break;
            case Mnemonic.Cmpxchg: DataMovement.Cmpxchg(this, i); break;
            case Mnemonic.Cmpxchg8b: DataMovement.Cmpxchg8b(this, i); break;
            case Mnemonic.Cmpxchg16b: DataMovement.Cmpxchg16b(this, i); break;
            case Mnemonic.Push: DataMovement.Push(this, i); break;
            case Mnemonic.Pop: DataMovement.Pop(this, i); break;
            case Mnemonic.Pushf or Mnemonic.Pushfq: DataMovement.Pushf(this, i); break;
            case Mnemonic.Popf or Mnemonic.Popfq: DataMovement.Popf(this, i); break;
            case Mnemonic.Enter: DataMovement.Enter(this, i); break;
            case Mnemonic.Leave: DataMovement.Leave(this, i); break;
            case Mnemonic.Xlatb: DataMovement.Xlat(this, i); break;

            case Mnemonic.Add: Arithmetic.Add(this, i); break;
            case Mnemonic.Sub: Arithmetic.Sub(this, i); break;
            case Mnemonic.Cmp: Arithmetic.Cmp(this, i); break;
            case Mnemonic.Adc: Arithmetic.Adc(this, i); break;
            case Mnemonic.Sbb: Arithmetic.Sbb(this, i); break;
            case Mnemonic.Neg: Arithmetic.Neg(this, i); break;
            case Mnemonic.Inc: Arithmetic.Inc(this, i); break;
            case Mnemonic.Dec: Arithmetic.Dec(this, i); break;
            case Mnemonic.And: Arithmetic.And(this, i); break;
            case Mnemonic.Or: Arithmetic.Or(this, i); break;
            case Mnemonic.Xor: Arithmetic.Xor(this, i); break;
            case Mnemonic.Test: Arithmetic.Test(this, i); break;
            case Mnemonic.Not: Arithmetic.Not(this, i); break;
            case Mnemonic.Cbw or Mnemonic.Cwde or Mnemonic.Cdqe or Mnemonic.Cwd or Mnemonic.Cdq or Mnemonic.Cqo: Arithmetic.Extend(this, i); break;
            case Mnemonic.Adcx: Arithmetic.AddWithOneFlag(this, i, Flags.Carry); break;
            case Mnemonic.Adox: Arithmetic.AddWithOneFlag(this, i, Flags.Overflow); break;

            case Mnemonic.Mul: MultiplyDivide.Mul(this, i); break;
            case Mnemonic.Imul: MultiplyDivide.Imul(this, i); break;
            case Mnemonic.Div: MultiplyDivide.Div(this, i); break;
            case Mnemonic.Idiv: MultiplyDivide.Idiv(this, i); break;
            case Mnemonic.Mulx: MultiplyDivide.Mulx(this, i); break;

            case Mnemonic.Shl or Mnemonic.Sal: ShiftRotate.Shl(this, i); break;
            case Mnemonic.Shr: ShiftRotate.Shr(this, i); break;
            case Mnemonic.Sar: ShiftRotate.Sar(this, i); break;
            case Mnemonic.Rol: ShiftRotate.Rol(this, i); break;
            case Mnemonic.Ror: ShiftRotate.Ror(this, i); break;
            case Mnemonic.Rcl: ShiftRotate.Rcl(this, i); break;
            case Mnemonic.Rcr: ShiftRotate.Rcr(this, i); break;
            case Mnemonic.Shld: ShiftRotate.Shld(this, i); break;
            case Mnemonic.Shrd: ShiftRotate.Shrd(this, i); break;
            case Mnemonic.Rorx: ShiftRotate.Rorx(this, i); break;
            case Mnemonic.Shlx or Mnemonic.Shrx or Mnemonic.Sarx: ShiftRotate.ShiftWithoutFlags(this, i); break;

            case Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc: BitInstructions.Bt(this, i); break;
            case Mnemonic.Bsf or Mnemonic.Bsr: BitInstructions.Scan(this, i); break;
            case Mnemonic.Tzcnt or Mnemonic.Lzcnt: BitInstructions.Count(this, i); break;
            case Mnemonic.Popcnt: BitInstructions.Popcnt(this, i); break;
            case Mnemonic.Andn: BitInstructions.Andn(this, i); break;
            case Mnemonic.Blsi or Mnemonic.Blsr or Mnemonic.Blsmsk: BitInstructions.LowestSet(this, i); break;
            case Mnemonic.Bextr: BitInstructions.Bextr(this, i); break;
            case Mnemonic.Bzhi: BitInstructions.Bzhi(this, i); break;
            case Mnemonic.Pdep: BitInstructions.Pdep(this, i); break;
            case Mnemonic.Pext: BitInstructions.Pext(this, i); break;
            case Mnemonic.Crc32: BitInstructions.Crc32(this, i); break;

            case Mnemonic.Jmp: ControlFlow.Jmp(this, i); break;
            case Mnemonic.Call: ControlFlow.Call(this, i); break;
            case Mnemonic.Ret: ControlFlow.Ret(this, i); break;
            case Mnemonic.Retf: FarReturns.Retf(this, i); break;
            case Mnemonic.Iretd or Mnemonic.Iretq: FarReturns.Iret(this, i); break;
            case Mnemonic.Jecxz or Mnemonic.Jrcxz: ControlFlow.Jrcxz(this, i); break;
            case Mnemonic.Loop or Mnemonic.Loope or Mnemonic.Loopne: ControlFlow.Loop(this, i); break;
            case Mnemonic.Int or Mnemonic.Int3 or Mnemonic.Int1: ControlFlow.Int(this, i); break;
            case Mnemonic.Ud0 or Mnemonic.Ud1 or Mnemonic.Ud2 or Mnemonic.INVALID: Raise(6); break;

            case Mnemonic.Movsb or Mnemonic.Movsw or Mnemonic.Movsq or Mnemonic.Stosb or Mnemonic.Stosw or Mnemonic.Stosd or Mnemonic.Stosq
                or Mnemonic.Lodsb or Mnemonic.Lodsw or Mnemonic.Lodsd or Mnemonic.Lodsq or Mnemonic.Scasb or Mnemonic.Scasw or Mnemonic.Scasd
                or Mnemonic.Scasq or Mnemonic.Cmpsb or Mnemonic.Cmpsw or Mnemonic.Cmpsq or Mnemonic.Insb or Mnemonic.Insw or Mnemonic.Insd
                or Mnemonic.Outsb or Mnemonic.Outsw or Mnemonic.Outsd:
            case Mnemonic.Movsd or Mnemonic.Cmpsd when i.IsStringInstruction:
                Strings.Execute(this, i);
                break;

            case Mnemonic.Clc or Mnemonic.Stc or Mnemonic.Cmc: FlagInstructions.Carry(this, i); break;
            case Mnemonic.Cld or Mnemonic.Std: FlagInstructions.Direction(this, i); break;
            case Mnemonic.Lahf: FlagInstructions.Lahf(this, i); break;
            case Mnemonic.Sahf: FlagInstructions.Sahf(this, i); break;

            case Mnemonic.Cli or Mnemonic.Sti: SystemInstructions.Interrupts(this, i); break;
            case Mnemonic.In: SystemInstructions.In(this, i); break;
            case Mnemonic.Out: SystemInstructions.Out(this, i); break;
            case Mnemonic.Rdmsr: SystemInstructions.Rdmsr(this, i); break;
            case Mnemonic.Wrmsr: SystemInstructions.Wrmsr(this, i); break;
            case Mnemonic.Cpuid: SystemInstructions.Cpuid(this, i); break;
            case Mnemonic.Rdtsc or Mnemonic.Rdtscp: SystemInstructions.Rdtsc(this, i); break;
            case Mnemonic.Rdrand or Mnemonic.Rdseed: SystemInstructions.Random(this, i); break;
            case Mnemonic.Rdpid: SystemInstructions.Rdpid(this, i); break;
            case Mnemonic.Swapgs: SystemInstructions.SwapGs(this, i); break;
            case Mnemonic.Rdfsbase or Mnemonic.Rdgsbase: SystemInstructions.ReadSegmentBase(this, i); break;
            case Mnemonic.Wrfsbase or Mnemonic.Wrgsbase: SystemInstructions.WriteSegmentBase(this, i); break;
            case Mnemonic.Xgetbv: SystemInstructions.Xgetbv(this, i); break;
            case Mnemonic.Xsetbv: SystemInstructions.Xsetbv(this, i); break;
            case Mnemonic.Rdpmc: SystemInstructions.Rdpmc(this, i); break;
            case Mnemonic.Stac or Mnemonic.Clac: SystemInstructions.AccessCheck(this, i); break;
            case Mnemonic.Hlt: Halt(); break;

            // There is no cache to flush, but the address must be readable.
            case Mnemonic.Clflush or Mnemonic.Clflushopt or Mnemonic.Clwb: Read(Address(i), 1); break;
            case Mnemonic.Nop or Mnemonic.Reservednop or Mnemonic.Pause or Mnemonic.Lfence or Mnemonic.Sfence or Mnemonic.Mfence
                or Mnemonic.Prefetch or Mnemonic.Prefetchw or Mnemonic.Prefetchnta or Mnemonic.Prefetcht0 or Mnemonic.Prefetcht1
                or Mnemonic.Prefetcht2 or Mnemonic.Prefetchwt1 or Mnemonic.Wbinvd
                or Mnemonic.Invd or Mnemonic.Invlpg or Mnemonic.Endbr64 or Mnemonic.Endbr32:
                break;

            default:
                if (!ExecuteVector(i))
                    Unsupported();
                break;
        }
    }

    private bool ExecuteConditional(in Instruction i)
    {
        if (i.FlowControl == FlowControl.ConditionalBranch)
        {
            if (i.Mnemonic is Mnemonic.Loope or Mnemonic.Loopne)
                return false;
            ControlFlow.Jcc(this, i);
            return true;
        }

        switch (i.Mnemonic)
        {
            case >= Mnemonic.Cmova and <= Mnemonic.Cmovs:
                DataMovement.Cmov(this, i);
                return true;
            case >= Mnemonic.Seta and <= Mnemonic.Sets:
                DataMovement.Setcc(this, i);
                return true;
            default:
                return false;
        }
    }
}

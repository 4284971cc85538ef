using Iced.Intel;

namespace LastRef.Tests;

/// <summary>
/// Random encodings, kept when they decode to an instruction that touches only registers and memory, with forms seen rarely preferred; and
/// registers to match, so that memory operands reach the data pages, their edges and sometimes beyond.
/// </summary>
internal sealed class CaseGenerator
{
    public const int SlotBytes = 32;

    private readonly Rng _rng;
    private readonly byte[] _buffer = new byte[15];
    private readonly FixedReader _reader = new();
    private readonly Decoder _decoder;
    private readonly Dictionary<Code, int> _counts = [];
    private readonly HashSet<Code> _unsupported = [];
    private int _accepted;
    private ulong _slot;

    private readonly bool _withFpu;

    /// <param name="withFpu">x87, MMX and the instructions that save their state too.</param>
    public CaseGenerator(ulong seed, bool withFpu = false)
    {
        _withFpu = withFpu;
        _rng = new Rng(seed);
        _decoder = Decoder.Create(64, _reader);
    }

    /// <summary>How often each form was generated.</summary>
    public IReadOnlyDictionary<Code, int> Counts => _counts;

    public IReadOnlySet<Code> UnsupportedForms => _unsupported;

    /// <summary>The engine does not implement the form: never generate it again.</summary>
    public void Reject(Code code)
    {
        _unsupported.Add(code);
        _counts.Remove(code);
    }

    /// <summary>Next single instruction, at a code slot of its own. Slots are reused after the whole code area went by.</summary>
    /// <returns>True when the slots began again.</returns>
    public bool Next(TestCase test)
    {
        bool wrapped = _slot + SlotBytes > Layout.CodeBytes;
        if (wrapped)
            _slot = 0;
        test.Address = Layout.Code + _slot;
        _slot += SlotBytes;
        while (true)
        {
            Instruction i = Draw(test.Address);
            int seen = _counts.GetValueOrDefault(i.Code);
            if (seen > 8 + (2 * _accepted / Math.Max(1, _counts.Count)))
                continue;
            if (!Place(test, ref i))
                continue;
            test.Instruction = i;

            // The result of a 16-bit double shift by more than 16 is undefined.
            if (i.Mnemonic is Mnemonic.Shld or Mnemonic.Shrd && OperandSize(i) == 2 && ShiftCount(test) > 16)
                continue;
            _counts[i.Code] = seen + 1;
            _accepted++;
            test.UndefinedFlags = UndefinedFlags(test);
            return wrapped;
        }
    }

    /// <summary>An instruction for a block: memory operands are r15-based within the data, r14 and rsp stay as they are, no undefined flags.</summary>
    public Instruction NextForBlock(ulong address, out byte[] bytes)
    {
        while (true)
        {
            Instruction i = Draw(address);
            if (_unsupported.Contains(i.Code) || i.RflagsUndefined != RflagsBits.None || i.HasRepPrefix || i.HasRepnePrefix)
                continue;
            int memory = MemoryOperand(i);
            if (memory >= 0)
            {
                if (i.GetOpKind(memory) != OpKind.Memory || i.MemoryBase != Register.R15 || i.MemoryIndex != Register.None || i.Mnemonic is Mnemonic.Xlatb)
                    continue;
                ConstantOffsets constants = _decoder.GetConstantOffsets(i);
                if (constants.DisplacementSize != 4 || i.Code is Code.Bt_rm16_r16 or Code.Bt_rm32_r32 or Code.Bt_rm64_r64 or Code.Bts_rm16_r16
                    or Code.Bts_rm32_r32 or Code.Bts_rm64_r64 or Code.Btr_rm16_r16 or Code.Btr_rm32_r32 or Code.Btr_rm64_r64 or Code.Btc_rm16_r16
                    or Code.Btc_rm32_r32 or Code.Btc_rm64_r64)
                    continue;
                BitConverter.TryWriteBytes(_buffer.AsSpan(constants.DisplacementOffset), _rng.OneIn(8) ? _rng.Below(Layout.DataBytes - 64) : _rng.Below(1000) * 16);
                i = Decode(address);
            }

            if (i.IsStackInstruction || Writes(i, 14) || Writes(i, 15) || Writes(i, 4) || i.Mnemonic is Mnemonic.Leave or Mnemonic.Enter or Mnemonic.Std)
                continue;
            bytes = _buffer[..i.Length];

            // What Unicorn gets wrong would only make blocks worthless.
            var alone = new TestCase { Bytes = bytes, Instruction = i };
            if (UnicornFaults.IsSuspect(i) || UnicornFaults.HasOddPrefixes(alone))
                continue;
            return i;
        }
    }

    public void RandomRegisters(MachineState state)
    {
        for (int n = 0; n < 16; n++)
            state.Gpr[n] = _rng.Value();
        for (int n = 0; n < 32; n++)
            state.Xmm[n] = _rng.VectorHalf();
        state.Flags = 0x202 | (_rng.Next() & 0x8D5) | (_rng.OneIn(8) ? 0x400ul : 0);
        state.Gpr[4] = Layout.Data + 0x1000 + (ulong)(_rng.Below(0x400) * 8);
    }

    public Rng Rng => _rng;

    private static bool Writes(in Instruction i, int number)
    {
        if (i.Op0Kind == OpKind.Register && RegisterExtensions.IsGPR(i.Op0Register) && i.Op0Register.GetFullRegister().GetNumber() == number)
            return true;
        return i.OpCount > 1 && i.Op1Kind == OpKind.Register && RegisterExtensions.IsGPR(i.Op1Register) && i.Op1Register.GetFullRegister().GetNumber() == number
            && i.Mnemonic is Mnemonic.Xchg or Mnemonic.Xadd or Mnemonic.Mulx;
    }

    private Instruction Draw(ulong address)
    {
        while (true)
        {
            for (int n = 0; n < 15; n++)
                _buffer[n] = (byte)_rng.Next();
            int at = 0;
            if (_rng.OneIn(4))
                _buffer[at++] = 0x66;
            switch (_rng.Below(10))
            {
                case 0: _buffer[at++] = 0xF3; break;
                case 1: _buffer[at++] = 0xF2; break;
                case 2 when _rng.OneIn(4): _buffer[at++] = 0xF0; break;
            }

            if (_rng.OneIn(16))
            {
                // Three-byte VEX with maps 2 and 3, length 0: BMI.
                at = 0;
                _buffer[0] = 0xC4;
                _buffer[1] = (byte)((_rng.Next() & 0xE0) | (_rng.OneIn(4) ? 3u : 2u));
                _buffer[2] = (byte)(_rng.Next() & 0xFB);
                at = 3;
            }
            else
            {
                if (_rng.OneIn(2))
                    _buffer[at++] = (byte)(0x40 | _rng.Below(16));
                switch (_rng.Below(20))
                {
                    case < 8: break;
                    case < 16: _buffer[at++] = 0x0F; break;
                    case < 18: _buffer[at++] = 0x0F; _buffer[at++] = 0x38; break;
                    default: _buffer[at++] = 0x0F; _buffer[at++] = 0x3A; break;
                }
            }

            // Immediates and displacements that are small numbers more often than not.
            if (_rng.OneIn(2))
            {
                for (int n = at + 3; n < 15; n++)
                    _buffer[n] = _rng.OneIn(3) ? (byte)0xFF : (byte)0;
            }

            Instruction i = Decode(address);
            if (IsWanted(i))
                return i;
        }
    }

    private Instruction Decode(ulong address)
    {
        _reader.Set(_buffer);
        _decoder.IP = address;
        _decoder.Decode(out Instruction i);
        return i;
    }

    private bool IsWanted(in Instruction i)
    {
        if (i.IsInvalid || i.FlowControl != FlowControl.Next || i.IsPrivileged || i.SegmentPrefix != Register.None || _unsupported.Contains(i.Code))
            return false;
        if (FpuCases.IsXrstor(i))
            return false;
        // Vendors differ: a 16-bit movsxd reads two bytes or four. And pause with REX.B is xchg r8,rax, which Iced does not tell.
        if (i.Code == Code.Movsxd_r16_rm16 || i.Mnemonic == Mnemonic.Pause)
            return false;
        if (i.Encoding == EncodingKind.VEX)
        {
            foreach (CpuidFeature feature in i.CpuidFeatures)
            {
                if (feature is not (CpuidFeature.BMI1 or CpuidFeature.BMI2))
                    return false;
            }
        }
        else if (i.Encoding != EncodingKind.Legacy)
        {
            return false;
        }

        // What asks the host, sets segments, is not deterministic, or whose result oracles disagree on by design, has table tests elsewhere.
        if (i.Mnemonic is Mnemonic.Cpuid or Mnemonic.Rdtsc or Mnemonic.Rdtscp or Mnemonic.Rdrand or Mnemonic.Rdseed or Mnemonic.Rdpid or Mnemonic.Xgetbv
            or Mnemonic.Pushf or Mnemonic.Pushfq or Mnemonic.Popf or Mnemonic.Popfq or Mnemonic.Fxsave or Mnemonic.Fxsave64 or Mnemonic.Fxrstor
            or Mnemonic.Fxrstor64 or Mnemonic.Ldmxcsr or Mnemonic.Stmxcsr or Mnemonic.Lar or Mnemonic.Lsl or Mnemonic.Verr or Mnemonic.Verw
            or Mnemonic.Sgdt or Mnemonic.Sidt or Mnemonic.Sldt or Mnemonic.Smsw or Mnemonic.Str or Mnemonic.Rdfsbase or Mnemonic.Rdgsbase
            or Mnemonic.Wrfsbase or Mnemonic.Wrgsbase or Mnemonic.Stac or Mnemonic.Clac or Mnemonic.Monitor or Mnemonic.Mwait or Mnemonic.Clzero
            or Mnemonic.In or Mnemonic.Out or Mnemonic.Insb or Mnemonic.Insw or Mnemonic.Insd or Mnemonic.Outsb or Mnemonic.Outsw or Mnemonic.Outsd
            or Mnemonic.Cli or Mnemonic.Sti or Mnemonic.Hlt or Mnemonic.Endbr32 or Mnemonic.Endbr64 or Mnemonic.Prefetchwt1 or Mnemonic.Clwb
            or Mnemonic.Rdpmc or Mnemonic.Clflushopt or Mnemonic.Reservednop or Mnemonic.Prefetch or Mnemonic.Prefetchw or Mnemonic.Rdsspd or Mnemonic.Rdsspq)
            return false;
        for (int n = 0; n < i.OpCount; n++)
        {
            if (i.GetOpKind(n) != OpKind.Register)
                continue;
            Register r = i.GetOpRegister(n);
            if (r.IsSegmentRegister() || r.IsCR() || r.IsDR() || r.IsTR())
                return false;
        }

        return _withFpu || !FpuCases.UsesFpu(i);
    }

    private static int MemoryOperand(in Instruction i)
    {
        for (int n = 0; n < i.OpCount; n++)
        {
            OpKind kind = i.GetOpKind(n);
            if (kind == OpKind.Memory || (kind >= OpKind.MemorySegSI && kind <= OpKind.MemoryESRDI))
                return n;
        }

        return -1;
    }

    private ulong Target()
    {
        ulong offset = _rng.Below(16) switch
        {
            0 => (ulong)Layout.DataBytes - (ulong)_rng.Below(24),
            1 or 2 or 3 => (ulong)((1 + _rng.Below(3)) * 0x1000) - (ulong)_rng.Below(24),
            4 or 5 or 6 => (ulong)_rng.Below(Layout.DataBytes - 64),
            _ => (ulong)_rng.Below((Layout.DataBytes / 16) - 4) * 16,
        };
        return Layout.Data + offset;
    }

    /// <summary>Chooses registers; false when the encoding cannot be pointed at the data.</summary>
    private bool Place(TestCase test, ref Instruction i)
    {
        MachineState start = test.Start;
        RandomRegisters(start);
        if (_withFpu)
            FpuCases.RandomState(start, _rng, FpuCases.UsesFpu(i));
        ulong target = Target();
        if (FpuCases.IsXsave(i))
        {
            // Only the state components that there are here may be asked for, and the area is aligned.
            if (i.MemoryBase is Register.RAX or Register.RDX || i.MemoryIndex is Register.RAX or Register.RDX)
                return false;
            start.Gpr[0] = (ulong)_rng.Below(4);
            start.Gpr[2] = 0;
            target = Layout.Data + (ulong)(_rng.Below((Layout.DataBytes - 1024) / 64) * 64);
        }

        int memory = MemoryOperand(i);
        if (memory >= 0 && i.GetOpKind(memory) == OpKind.Memory && i.Mnemonic != Mnemonic.Xlatb && !PlaceMemory(start, ref i, target))
            return false;
        switch (i.Mnemonic)
        {
            case Mnemonic.Xlatb:
                start.Gpr[3] = target - (byte)start.Gpr[0];
                break;
            case Mnemonic.Leave or Mnemonic.Enter:
                start.Gpr[5] = Layout.Data + 0x2000 + (ulong)(_rng.Below(0x200) * 8);
                break;
            case Mnemonic.Div or Mnemonic.Idiv:
                // Otherwise nearly every quotient overflows.
                if (!_rng.OneIn(4))
                    start.Gpr[2] = _rng.OneIn(2) ? 0 : (ulong)-(long)(start.Gpr[0] >> 63);
                break;
        }

        if (i.IsStringInstruction || i.Mnemonic is Mnemonic.Maskmovdqu or Mnemonic.Maskmovq)
        {
            if (i.Op0Kind is OpKind.MemoryESEDI or OpKind.MemorySegESI or OpKind.MemorySegEDI || i.Op1Kind is OpKind.MemoryESEDI or OpKind.MemorySegESI)
                return false;
            start.Gpr[6] = Target();
            start.Gpr[7] = _rng.OneIn(3) ? start.Gpr[6] + (ulong)_rng.Below(40) - 20 : target;

            // Whether masked bytes on another page fault is left to the processor.
            if (i.Mnemonic is Mnemonic.Maskmovdqu or Mnemonic.Maskmovq)
                start.Gpr[7] = Layout.Data + (ulong)_rng.Below(Layout.DataBytes - 32);
            if (i.HasRepPrefix || i.HasRepnePrefix)
                start.Gpr[1] = (ulong)_rng.Below(_rng.OneIn(4) ? 600 : 12);
        }

        test.Bytes = _buffer[..i.Length];
        return true;
    }

    private bool PlaceMemory(MachineState start, ref Instruction i, ulong target)
    {
        Register b = i.MemoryBase, x = i.MemoryIndex;
        if (b.IsGPR32() || x.IsGPR32() || b == Register.EIP)
            return i.Mnemonic == Mnemonic.Lea;
        // A bit index in a register reaches beyond the operand; keep it near.
        if (i.Mnemonic is Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc && i.Op1Kind == OpKind.Register)
        {
            int index = i.Op1Register.GetNumber();
            if (index == 4 || i.Op1Register.GetFullRegister() == b || i.Op1Register.GetFullRegister() == x)
                return false;
            start.Gpr[index] = (ulong)(_rng.Below(8000) - 4000);
        }

        if (b == Register.RIP)
        {
            ConstantOffsets constants = _decoder.GetConstantOffsets(i);
            BitConverter.TryWriteBytes(_buffer.AsSpan(constants.DisplacementOffset), (int)(long)(target - i.NextIP));
            i = Decode(i.IP);
            return true;
        }

        if (b == Register.None && x == Register.None)
            return i.Mnemonic == Mnemonic.Lea;
        int bn = b == Register.None ? -1 : b.GetNumber(), xn = x == Register.None ? -1 : x.GetNumber();
        ulong displacement = i.MemoryDisplacement64;
        ulong scale = (ulong)i.MemoryIndexScale;
        if (bn == xn)
        {
            start.Gpr[bn] = (target - displacement) / (scale + 1);
        }
        else if (bn < 0)
        {
            start.Gpr[xn] = (target - displacement) / scale;
        }
        else
        {
            if (xn >= 0)
                start.Gpr[xn] = xn == 4 ? start.Gpr[4] : (ulong)(_rng.Below(64) - 32);
            start.Gpr[bn] = target - displacement - (xn >= 0 ? start.Gpr[xn] * scale : 0);
        }

        // The host processor needs a stack for signals.
        return start.Gpr[4] - Layout.Scratch - 0x40000 < 0x100000;
    }

    private static ulong UndefinedFlags(TestCase test)
    {
        Instruction i = test.Instruction;
        ulong flags = Map(i.RflagsUndefined);
        if (i.Mnemonic is Mnemonic.Shl or Mnemonic.Sal or Mnemonic.Shr or Mnemonic.Sar or Mnemonic.Rol or Mnemonic.Ror or Mnemonic.Rcl or Mnemonic.Rcr
            or Mnemonic.Shld or Mnemonic.Shrd)
        {
            int size = OperandSize(i);
            int count = ShiftCount(test);
            if (count == 0)
                return 0;
            if (count != 1)
                flags |= 0x800;
            if (count >= size * 8 && i.Mnemonic is Mnemonic.Shl or Mnemonic.Sal or Mnemonic.Shr)
                flags |= 1;
            if (count > size * 8)
                flags |= i.Mnemonic is Mnemonic.Shld or Mnemonic.Shrd ? 0x8D5u : 0;
        }

        return flags;
    }

    private static int OperandSize(in Instruction i) => i.Op0Kind == OpKind.Register ? i.Op0Register.GetSize() : i.MemorySize.GetSize();

    private static int ShiftCount(TestCase test)
    {
        Instruction i = test.Instruction;
        int operand = i.OpCount - 1;
        ulong count = i.GetOpKind(operand) == OpKind.Register ? test.Start.Gpr[1] : i.GetImmediate(operand);
        return (int)count & (OperandSize(i) == 8 ? 63 : 31);
    }

    private static ulong Map(RflagsBits bits) =>
        ((bits & RflagsBits.OF) != 0 ? 0x800u : 0) | ((bits & RflagsBits.SF) != 0 ? 0x80u : 0) | ((bits & RflagsBits.ZF) != 0 ? 0x40u : 0)
        | ((bits & RflagsBits.AF) != 0 ? 0x10u : 0) | ((bits & RflagsBits.CF) != 0 ? 1u : 0) | ((bits & RflagsBits.PF) != 0 ? 4u : 0);

    private sealed class FixedReader : CodeReader
    {
        private byte[] _bytes = [];
        private int _at;

        public void Set(byte[] bytes)
        {
            _bytes = bytes;
            _at = 0;
        }

        public override int ReadByte() => _at < _bytes.Length ? _bytes[_at++] : -1;
    }
}

using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>movs, stos, lods, cmps, scas, ins, outs with their repeat prefixes.</summary>
/// <remarks>
/// Restartable: at a fault or at the end of the budget rcx, rsi and rdi say how far it came and rip is at the instruction. Every iteration costs
/// one instruction of the budget. Long copies and fills go page by page.
/// </remarks>
internal static unsafe class Strings
{
    public static void Execute(Processor cpu, in Instruction i)
    {
        var step = new StringStep(cpu, i);
        if (!i.HasRepPrefix && !i.HasRepnePrefix)
        {
            step.Once(i);
            return;
        }

        cpu.KeepProgress();
        ulong count = step.Count;
        if (count == 0)
            return;

        // One iteration is part of the block's budget already.
        ulong allowed = (ulong)cpu.State->Budget + 1;
        ulong done = 0;
        bool ended = false;
        while (done < count && done < allowed && !ended && !cpu.StopRequested)
        {
            ulong bulk = step.Bulk(i, Math.Min(count, allowed) - done);
            if (bulk == 0)
            {
                ended = step.Once(i);
                if (cpu.Faulted)
                    break;
                bulk = 1;
            }

            done += bulk;
            step.Count = count - done;
        }

        cpu.State->Budget -= (long)(cpu.Faulted ? done : done - 1);
        if (!cpu.Faulted && done < count && !ended)
            cpu.Next = i.IP;
    }
}

/// <summary>One string instruction's registers and element.</summary>
internal readonly unsafe struct StringStep
{
    private readonly Processor _cpu;
    private readonly int _size;
    private readonly bool _is32;
    private readonly ulong _sourceBase;

    public StringStep(Processor cpu, in Instruction i)
    {
        _cpu = cpu;
        _size = i.MemorySize.GetSize();
        _sourceBase = cpu.SegmentBase(i.MemorySegment);
        _is32 = i.Op0Kind is OpKind.MemoryESEDI or OpKind.MemorySegESI || (i.OpCount > 1 && i.Op1Kind is OpKind.MemoryESEDI or OpKind.MemorySegESI);
    }

    public ulong Count
    {
        get => _is32 ? (uint)_cpu.R.Rcx : _cpu.R.Rcx;
        set => _cpu.R.Rcx = value;
    }

    private ulong Source => (_is32 ? (uint)_cpu.R.Rsi : _cpu.R.Rsi) + _sourceBase;

    private ulong Destination => _is32 ? (uint)_cpu.R.Rdi : _cpu.R.Rdi;

    private bool IsDown => (_cpu.R.Rflags & Flags.Direction) != 0;

    /// <summary>One iteration; true when the condition of repe or repne ends the loop.</summary>
    public bool Once(in Instruction i)
    {
        Processor cpu = _cpu;
        switch (i.Mnemonic)
        {
            case Mnemonic.Movsb or Mnemonic.Movsw or Mnemonic.Movsd or Mnemonic.Movsq:
                cpu.Write(Destination, _size, cpu.Read(Source, _size));
                Move(source: true, destination: true);
                return false;
            case Mnemonic.Stosb or Mnemonic.Stosw or Mnemonic.Stosd or Mnemonic.Stosq:
                cpu.Write(Destination, _size, cpu.R.Rax);
                Move(source: false, destination: true);
                return false;
            case Mnemonic.Lodsb or Mnemonic.Lodsw or Mnemonic.Lodsd or Mnemonic.Lodsq:
                cpu.SetRegister(Accumulator, cpu.Read(Source, _size));
                Move(source: true, destination: false);
                return false;
            case Mnemonic.Scasb or Mnemonic.Scasw or Mnemonic.Scasd or Mnemonic.Scasq:
                return Compare(i, cpu.Register(Accumulator), cpu.Read(Destination, _size), source: false);
            case Mnemonic.Cmpsb or Mnemonic.Cmpsw or Mnemonic.Cmpsd or Mnemonic.Cmpsq:
                return Compare(i, cpu.Read(Source, _size), cpu.Read(Destination, _size), source: true);
            case Mnemonic.Insb or Mnemonic.Insw or Mnemonic.Insd:
                if (cpu.ProbeWrite(Destination, _size))
                    cpu.Write(Destination, _size, cpu.Host.In((ushort)cpu.R.Rdx, _size));
                Move(source: false, destination: true);
                return false;
            default:
                ulong value = cpu.Read(Source, _size);
                if (!cpu.Faulted)
                    cpu.Host.Out((ushort)cpu.R.Rdx, _size, (uint)value);
                Move(source: true, destination: false);
                return false;
        }
    }

    /// <summary>Does as many iterations of movs or stos as stay inside one page on both sides; 0 when one must be done singly.</summary>
    public ulong Bulk(in Instruction i, ulong limit)
    {
        bool isMove = i.Mnemonic is Mnemonic.Movsb or Mnemonic.Movsd or Mnemonic.Movsq or Mnemonic.Movsw;
        if ((!isMove && i.Mnemonic is not (Mnemonic.Stosb or Mnemonic.Stosd or Mnemonic.Stosq or Mnemonic.Stosw)) || IsDown || limit < 4)
            return 0;
        ulong destination = Destination, source = Source;
        ulong room = (GuestMemory.PageSize - (destination & 0xFFF)) / (ulong)_size;
        if (isMove)
            room = Math.Min(room, (GuestMemory.PageSize - (source & 0xFFF)) / (ulong)_size);
        ulong count = Math.Min(limit, room);
        if (count < 4)
            return 0;
        byte* to = _cpu.HostForWrite(destination);
        byte* from = isMove ? _cpu.HostForRead(source) : to;
        if (to == null || from == null)
            return 0;
        ulong bytes = count * (ulong)_size;
        if (isMove)
            Copy(to, from, bytes);
        else
            Fill(to, count);
        _cpu.R.Rdi = Advance(_cpu.R.Rdi, bytes);
        if (isMove)
            _cpu.R.Rsi = Advance(_cpu.R.Rsi, bytes);
        return count;
    }

    private Register Accumulator => _size switch { 1 => Register.AL, 2 => Register.AX, 4 => Register.EAX, _ => Register.RAX };

    private void Copy(byte* to, byte* from, ulong bytes)
    {
        // Overlap repeats the pattern between the two, as the element-wise copy does.
        if (to > from && to < from + bytes)
        {
            for (ulong n = 0; n < bytes; n += (ulong)_size)
                CopyElement(to + n, from + n);
        }
        else
        {
            Buffer.MemoryCopy(from, to, bytes, bytes);
        }
    }

    private void CopyElement(byte* to, byte* from)
    {
        switch (_size)
        {
            case 1: *to = *from; break;
            case 2: *(ushort*)to = *(ushort*)from; break;
            case 4: *(uint*)to = *(uint*)from; break;
            default: *(ulong*)to = *(ulong*)from; break;
        }
    }

    private void Fill(byte* to, ulong count)
    {
        ulong value = _cpu.R.Rax;
        switch (_size)
        {
            case 1: new Span<byte>(to, (int)count).Fill((byte)value); break;
            case 2: new Span<ushort>(to, (int)count).Fill((ushort)value); break;
            case 4: new Span<uint>(to, (int)count).Fill((uint)value); break;
            default: new Span<ulong>(to, (int)count).Fill(value); break;
        }
    }

    private bool Compare(in Instruction i, ulong a, ulong b, bool source)
    {
        if (_cpu.Faulted)
            return true;
        long left = Arithmetic.Extend(a, _size), right = Arithmetic.Extend(b, _size);
        Flags.Set(_cpu.State, FlagKind.Sub + Arithmetic.SizeLog(_size), left, right);
        Move(source, destination: true);
        return i.HasRepnePrefix ? left == right : left != right;
    }

    private void Move(bool source, bool destination)
    {
        if (_cpu.Faulted)
            return;
        ulong by = IsDown ? 0 - (ulong)_size : (ulong)_size;
        if (source)
            _cpu.R.Rsi = Advance(_cpu.R.Rsi, by);
        if (destination)
            _cpu.R.Rdi = Advance(_cpu.R.Rdi, by);
    }

    private ulong Advance(ulong register, ulong by) => _is32 ? (uint)(register + by) : register + by;
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace LastRef.Cpu;

/// <summary>What instruction methods use: operands, memory, faults. After any fault reads give zero and writes do nothing.</summary>
public sealed unsafe partial class Processor
{
    private const int UnsupportedVector = -1;

    private bool _faulted;
    private bool _keepProgress;
    private bool _halted;
    private int _faultVector;
    private uint _faultCode;
    private ulong _faultAddress;
    private ulong _nextRip;

    internal bool Faulted => _faulted;

    /// <summary>Where execution goes on; a branch sets it.</summary>
    internal ref ulong Next => ref _nextRip;

    internal ref CpuRegisters R => ref _state->Registers;

    internal void Raise(int vector, uint errorCode = 0, ulong address = 0)
    {
        if (_faulted)
            return;
        _faulted = true;
        _faultVector = vector;
        _faultCode = errorCode;
        _faultAddress = address;
    }

    internal void Unsupported() => Raise(UnsupportedVector);

    internal void Halt() => _halted = true;

    /// <summary>What a repeated instruction did so far stays when it faults now.</summary>
    internal void KeepProgress() => _keepProgress = true;

    internal static bool IsCanonical(ulong address) => (ulong)((long)address << 16 >> 16) == address;

    internal ulong Register(Register register)
    {
        byte* at = (byte*)_state + RegisterMap.Offset(register);
        return RegisterMap.Size(register) switch
        {
            8 => *(ulong*)at,
            4 => *(uint*)at,
            2 => *(ushort*)at,
            1 => *at,
            _ => 0,
        };
    }

    /// <summary>Writes a general register; 32-bit writes clear the upper half.</summary>
    internal void SetRegister(Register register, ulong value)
    {
        if (_faulted)
            return;
        byte* at = (byte*)_state + RegisterMap.Offset(register);
        switch (RegisterMap.Size(register))
        {
            case 8: *(ulong*)at = value; break;
            case 4: *(ulong*)at = (uint)value; break;
            case 2: *(ushort*)at = (ushort)value; break;
            case 1: *at = (byte)value; break;
            default: Unsupported(); break;
        }
    }

    /// <summary>Size of an operand in bytes; immediates have that of operand 0.</summary>
    internal static int SizeOf(in Instruction i, int operand) => i.GetOpKind(operand) switch
    {
        OpKind.Register => RegisterMap.Size(i.GetOpRegister(operand)),
        OpKind.Memory => i.MemorySize.GetSize(),
        _ => SizeOf(i, 0),
    };

    /// <summary>Operand value, zero-extended; immediates sign-extended to 64 bits.</summary>
    internal ulong Get(in Instruction i, int operand)
    {
        switch (i.GetOpKind(operand))
        {
            case OpKind.Register:
                return Register(i.GetOpRegister(operand));
            case OpKind.Memory:
                return Read(Address(i), i.MemorySize.GetSize());
            default:
                return i.GetImmediate(operand);
        }
    }

    internal void Set(in Instruction i, int operand, ulong value)
    {
        if (i.GetOpKind(operand) == OpKind.Register)
            SetRegister(i.GetOpRegister(operand), value);
        else
            Write(Address(i), i.MemorySize.GetSize(), value);
    }

    /// <summary>Linear address of the memory operand.</summary>
    internal ulong Address(in Instruction i) => Offset(i) + SegmentBase(i.MemorySegment);

    /// <summary>Effective address without the segment base.</summary>
    internal ulong Offset(in Instruction i)
    {
        if (i.IsIPRelativeMemoryOperand)
            return i.IPRelativeMemoryAddress;
        Register b = i.MemoryBase;
        Register x = i.MemoryIndex;
        ulong address = i.MemoryDisplacement64 + *(ulong*)((byte*)_state + RegisterMap.Offset(b))
            + (*(ulong*)((byte*)_state + RegisterMap.Offset(x)) << ScaleShift(i.MemoryIndexScale));
        bool is32 = b != Iced.Intel.Register.None ? RegisterMap.Size(b) == 4
            : x != Iced.Intel.Register.None ? RegisterMap.Size(x) == 4 : i.MemoryDisplSize == 4;
        return is32 ? (uint)address : address;
    }

    internal ulong SegmentBase(Register segment) => segment switch
    {
        Iced.Intel.Register.FS => R.FsBase,
        Iced.Intel.Register.GS => R.GsBase,
        _ => 0,
    };

    internal static int ScaleShift(int scale) => scale switch { 1 => 0, 2 => 1, 4 => 2, _ => 3 };

    internal void Push(int size, ulong value)
    {
        ulong rsp = R.Rsp - (ulong)size;
        Write(rsp, size, value);
        if (!_faulted)
            R.Rsp = rsp;
    }

    internal ulong Pop(int size)
    {
        ulong value = Read(R.Rsp, size);
        if (!_faulted)
            R.Rsp += (ulong)size;
        return value;
    }

    internal ulong Read(ulong address, int size)
    {
        TlbEntry* slot = _memory.ReadTlb + ((address >> 12) & (TlbEntry.Count - 1));
        if (((address + (ulong)(size - 1)) & TlbEntry.PageMask) != slot->Tag)
            return ReadSlow(address, size);
        byte* at = (byte*)(address + slot->Addend);
        return size switch
        {
            8 => *(ulong*)at,
            4 => *(uint*)at,
            2 => *(ushort*)at,
            1 => *at,
            _ => ReadSlow(address, size),
        };
    }

    internal void Write(ulong address, int size, ulong value)
    {
        TlbEntry* slot = _memory.WriteTlb + ((address >> 12) & (TlbEntry.Count - 1));
        if (_faulted)
            return;
        if (((address + (ulong)(size - 1)) & TlbEntry.PageMask) != slot->Tag)
        {
            WriteBytes(address, (byte*)&value, size);
            return;
        }

        byte* at = (byte*)(address + slot->Addend);
        switch (size)
        {
            case 8: *(ulong*)at = value; break;
            case 4: *(uint*)at = (uint)value; break;
            case 2: *(ushort*)at = (ushort)value; break;
            case 1: *at = (byte)value; break;
            default: WriteBytes(address, (byte*)&value, size); break;
        }
    }

    internal Vector128<byte> Read128(ulong address)
    {
        Vector128<byte> value = default;
        ReadBytes(address, (byte*)&value, 16);
        return value;
    }

    internal void Write128(ulong address, Vector128<byte> value) => WriteBytes(address, (byte*)&value, 16);

    /// <summary>Raises the fault that a write would raise; for instructions that must check before they change anything.</summary>
    internal bool ProbeWrite(ulong address, int size) => TranslateForWrite(address, out _, out _)
        && ((((address + (ulong)size - 1) ^ address) & TlbEntry.PageMask) == 0 || TranslateForWrite((address + (ulong)size - 1) & TlbEntry.PageMask, out _, out _));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ulong ReadSlow(ulong address, int size)
    {
        ulong value = 0;
        ReadBytes(address, (byte*)&value, size);
        return value;
    }

    /// <summary>Reads up to 4,096 bytes across at most two pages; a device sees one access of the whole size where it has one.</summary>
    internal void ReadBytes(ulong address, byte* destination, int count)
    {
        if (_faulted)
            return;
        int inFirst = Math.Min(count, GuestMemory.PageSize - (int)(address & 0xFFF));
        ReadPart(address, destination, inFirst);
        if (inFirst < count)
            ReadPart(address + (ulong)inFirst, destination + inFirst, count - inFirst);
        if (_faulted)
            new Span<byte>(destination, count).Clear();
    }

    private void ReadPart(ulong address, byte* destination, int count)
    {
        if (_faulted)
            return;
        if (!IsCanonical(address))
        {
            Raise(13, 0, address);
            return;
        }

        byte* page = _memory.TranslateRead(address, PageAccess.Read, out uint error, out PageEntry* entry);
        if (page == null)
        {
            if (error != 0 || entry == null)
                Raise(14, error, address);
            else
                _memory.ReadDevice(entry, (int)(address & 0xFFF), new Span<byte>(destination, count));
            return;
        }

        _memory.FillRead(address, page);
        Unsafe.CopyBlockUnaligned(destination, page + (address & 0xFFF), (uint)count);
    }

    /// <summary>Writes across at most two pages, both or none.</summary>
    internal void WriteBytes(ulong address, byte* source, int count)
    {
        if (_faulted)
            return;
        int inFirst = Math.Min(count, GuestMemory.PageSize - (int)(address & 0xFFF));
        if (!TranslateForWrite(address, out byte* first, out PageEntry firstEntry))
            return;
        if (inFirst < count)
        {
            if (!TranslateForWrite(address + (ulong)inFirst, out byte* second, out PageEntry secondEntry))
                return;
            WritePart(address + (ulong)inFirst, second, secondEntry, source + inFirst, count - inFirst);

            // Making the second page private may have moved nothing else, but an alias of the same frame shares its buffer.
            TranslateForWrite(address, out first, out firstEntry);
        }

        WritePart(address, first, firstEntry, source, inFirst);
    }

    private void WritePart(ulong address, byte* page, PageEntry entry, byte* source, int count)
    {
        int offset = (int)(address & 0xFFF);
        if (page == null)
        {
            _memory.WriteDevice(&entry, offset, new ReadOnlySpan<byte>(source, count));
            return;
        }

        Unsafe.CopyBlockUnaligned(page + offset, source, (uint)count);
        if (!_memory.FillWrite(address, page, entry.Frame))
            _memory.NoteWrite(entry.Frame, offset, count);
    }

    private bool TranslateForWrite(ulong address, out byte* page, out PageEntry entry)
    {
        page = null;
        entry = default;
        if (!IsCanonical(address))
        {
            Raise(13, 0, address);
            return false;
        }

        page = _memory.TranslateWrite(address, out uint error, out PageEntry* found);
        if (page == null && (error != 0 || found == null))
        {
            Raise(14, error, address);
            return false;
        }

        entry = *found;
        return true;
    }

    internal bool StopRequested => _stopRequested;

    /// <summary>Host address of a byte of a page that may be read without further ado, or null.</summary>
    internal byte* HostForRead(ulong address)
    {
        byte* page = _memory.TranslateRead(address, PageAccess.Read, out _, out _);
        return page == null ? null : page + (address & 0xFFF);
    }

    /// <summary>Host address of a byte of a page that may be written without further ado, or null.</summary>
    internal byte* HostForWrite(ulong address)
    {
        byte* page = _memory.TranslateWrite(address, out _, out PageEntry* entry);
        return page == null || !_memory.FillWrite(address, page, entry->Frame) ? null : page + (address & 0xFFF);
    }
}

using System.Buffers.Binary;

namespace LastRef;

/// <summary>Restores callers' registers by the exception directories of images as they lie in memory.</summary>
/// <remarks>
/// Doc: "x64 exception handling", MSVC reference; "PE Format". Everything read is untrusted: whatever makes no sense ends the walk.
/// The lab's own unwinder works on files and registers of a machine that runs; this one has only memory.
/// </remarks>
internal sealed class ImageUnwinder(Target target, IReadOnlyList<CapturedModule> modules)
{
    private const int EntryBytes = 12;
    private const int MostChained = 32;
    private const int Chained = 4;
    private readonly Dictionary<VirtualAddress, (uint Rva, uint Count)> _directories = [];

    /// <summary>The loaded image that an address lies in; null when it lies in none.</summary>
    public CapturedModule? ModuleOf(VirtualAddress address)
    {
        foreach (var module in modules)
        {
            if (module.Contains(address))
                return module;
        }

        return null;
    }

    /// <summary>The function at an address, by the entry that its chain of entries ends at; null for a leaf function and outside images.</summary>
    public ImageFunction? FunctionAt(VirtualAddress pc)
    {
        if (EntryAt(pc) is not { } entry)
            return null;
        for (var depth = 0; depth < MostChained; depth++)
        {
            if (!TryHeader(entry.Unwind, out var flags, out var codes, out _, out _) || (flags & Chained) == 0)
                return entry;
            if (!TryEntry(entry.Image, ChainOf(entry.Unwind, codes), out var begin, out _, out var unwind))
                return null;
            entry = new ImageFunction(entry.Image, entry.Image + (ulong)begin, entry.Image + (ulong)unwind);
        }

        return null;
    }

    /// <summary>Replaces the registers by those of the caller.</summary>
    /// <returns>False when that cannot be told; the registers are then of no use.</returns>
    public bool TryUnwind(UnwindRegisters registers)
    {
        if (ModuleOf(registers.Rip) is null)
            return false;
        // A function without an entry moves no register and no stack: a leaf.
        if (EntryAt(registers.Rip) is not { } entry)
            return TryReturn(registers);
        var offset = (uint)Math.Min(registers.Rip - entry.Begin, uint.MaxValue);
        for (var depth = 0; depth < MostChained; depth++)
        {
            if (!TryHeader(entry.Unwind, out var flags, out var codes, out var prolog, out var frame))
                return false;
            var reached = depth == 0 && offset < prolog ? offset : uint.MaxValue;
            if (!TryApply(registers, entry.Unwind, codes, frame, reached, out var isMachineFrame))
                return false;
            if (isMachineFrame)
                return true;
            if ((flags & Chained) == 0)
                return TryReturn(registers);
            if (!TryEntry(entry.Image, ChainOf(entry.Unwind, codes), out var begin, out _, out var unwind))
                return false;
            entry = new ImageFunction(entry.Image, entry.Image + (ulong)begin, entry.Image + (ulong)unwind);
        }

        return false;
    }

    private ImageFunction? EntryAt(VirtualAddress pc)
    {
        if (ModuleOf(pc) is not { } module || DirectoryOf(module) is not { Count: > 0 } directory)
            return null;
        var rva = (uint)(pc - module.Base);
        uint low = 0, high = directory.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (!TryEntry(module.Base, module.Base + (ulong)directory.Rva + (middle * (ulong)EntryBytes), out var begin, out var end, out var unwind))
                return null;
            if (rva < begin)
                high = middle;
            else if (rva >= end)
                low = middle + 1;
            else
                return new ImageFunction(module.Base, module.Base + (ulong)begin, module.Base + (ulong)unwind);
        }

        return null;
    }

    private (uint Rva, uint Count) DirectoryOf(CapturedModule module)
    {
        if (_directories.TryGetValue(module.Base, out var known))
            return known;
        const int exceptionDirectory = 24 + 112 + (8 * 3);
        var found = (0U, 0U);
        if (TryUInt32(module.Base + 0x3C, out var nt) && nt is >= 0x40 and < 0x1000
            && TryUInt32(module.Base + (int)nt + exceptionDirectory, out var rva) && TryUInt32(module.Base + (int)nt + exceptionDirectory + 4, out var size)
            && rva != 0 && rva < module.ByteCount && size <= module.ByteCount - rva)
            found = (rva, size / EntryBytes);
        return _directories[module.Base] = found;
    }

    private bool TryEntry(VirtualAddress image, VirtualAddress at, out uint begin, out uint end, out uint unwind)
    {
        Span<byte> entry = stackalloc byte[EntryBytes];
        begin = end = unwind = 0;
        if (!target.TryRead(at, entry, out _))
            return false;
        (begin, end, unwind) = (BinaryPrimitives.ReadUInt32LittleEndian(entry), BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]), BinaryPrimitives.ReadUInt32LittleEndian(entry[8..]));
        // An odd address is that of another entry, which has the unwind information.
        return (unwind & 1) == 0 || (TryUInt32(image + (ulong)(unwind - 1) + 8, out unwind) && (unwind & 1) == 0);
    }

    /// <summary>UNWIND_INFO: version and flags 0, prologue 1, codes 2, frame register and its offset 3, codes from 4.</summary>
    private bool TryHeader(VirtualAddress unwind, out int flags, out int codes, out uint prolog, out byte frame)
    {
        Span<byte> head = stackalloc byte[4];
        var isRead = target.TryRead(unwind, head, out _);
        (flags, codes, prolog, frame) = isRead ? (head[0] >> 3, head[2], head[1], head[3]) : (0, 0, 0U, (byte)0);
        return isRead && (head[0] & 7) is 1 or 2;
    }

    private static VirtualAddress ChainOf(VirtualAddress unwind, int codes) => unwind + (4 + (2 * ((codes + 1) & ~1)));

    private bool TryApply(UnwindRegisters registers, VirtualAddress unwind, int count, byte frame, uint reached, out bool isMachineFrame)
    {
        isMachineFrame = false;
        Span<byte> codes = stackalloc byte[2 * 256];
        codes = codes[..(2 * count)];
        if (count > 0 && !target.TryRead(unwind + 4, codes, out _))
            return false;
        var frameBase = registers.Gpr[4];
        if ((frame & 0xF) != 0 && IsFrameSet(codes, reached))
            frameBase = registers.Gpr[frame & 0xF] - (16UL * (ulong)(frame >> 4));
        for (var i = 0; i < count;)
        {
            var (at, operation, info) = (codes[2 * i], codes[(2 * i) + 1] & 0xF, codes[(2 * i) + 1] >> 4);
            var slots = SlotsOf(operation, info);
            if (slots == 0 || i + slots > count)
                return false;
            var isDone = at <= reached;
            var near = slots > 1 ? BinaryPrimitives.ReadUInt16LittleEndian(codes[(2 * (i + 1))..]) : 0U;
            var far = slots > 2 ? BinaryPrimitives.ReadUInt32LittleEndian(codes[(2 * (i + 1))..]) : 0U;
            i += slots;
            if (!isDone)
                continue;
            switch (operation)
            {
                case 0: // a register was pushed
                    if (!TryUInt64(registers.Rsp, out registers.Gpr[info == 4 ? 0 : info]))
                        return false;
                    registers.Rsp += 8;
                    break;
                case 1: // much stack
                    registers.Rsp += info == 0 ? 8UL * near : far;
                    break;
                case 2: // little stack
                    registers.Rsp += (8UL * (ulong)info) + 8;
                    break;
                case 3: // the frame register was set
                    registers.Gpr[4] = frameBase;
                    break;
                case 4 or 5: // a register was saved
                    if (info != 4 && !TryUInt64(new VirtualAddress(frameBase + (operation == 4 ? 8UL * near : far)), out registers.Gpr[info]))
                        return false;
                    break;
                case 10: // the processor pushed a frame
                    var machine = registers.Rsp + (info == 1 ? 8UL : 0);
                    if (!TryUInt64(machine, out var rip) || !TryUInt64(machine + 0x18, out var rsp))
                        return false;
                    (registers.Rip, registers.Rsp, isMachineFrame) = (new VirtualAddress(rip), new VirtualAddress(rsp), true);
                    return true;
            }
        }

        return true;
    }

    private static bool IsFrameSet(ReadOnlySpan<byte> codes, uint reached)
    {
        for (var i = 0; i + 1 < codes.Length;)
        {
            var (operation, info) = (codes[i + 1] & 0xF, codes[i + 1] >> 4);
            if (operation == 3)
                return codes[i] <= reached;
            i += 2 * Math.Max(1, SlotsOf(operation, info));
        }

        return true;
    }

    /// <summary>Codes that an operation takes; 0 for one that is not known.</summary>
    private static int SlotsOf(int operation, int info) => operation switch
    {
        0 or 2 or 3 or 10 => 1,
        1 => info == 0 ? 2 : 3,
        4 or 8 => 2,
        5 or 9 => 3,
        6 => 1, // epilogues, of version 2
        7 => 2,
        _ => 0,
    };

    private bool TryReturn(UnwindRegisters registers)
    {
        if (!TryUInt64(registers.Rsp, out var rip))
            return false;
        registers.Rip = new VirtualAddress(rip);
        registers.Rsp += 8;
        return true;
    }

    private bool TryUInt32(VirtualAddress address, out uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        var isRead = target.TryRead(address, bytes, out _);
        value = isRead ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;
        return isRead;
    }

    private bool TryUInt64(VirtualAddress address, out ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        var isRead = target.TryRead(address, bytes, out _);
        value = isRead ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;
        return isRead;
    }
}

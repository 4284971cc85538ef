using LastRef.Cpu;
using LastRef.Symbols;

namespace LastRef.Kernel;

/// <summary>Restores a caller's registers from a function's unwind information.</summary>
/// <remarks>Doc: "x64 exception handling", MSVC reference. Register numbers of unwind codes are those of instruction encodings.</remarks>
internal sealed class Unwinder(NtKernel kernel)
{
    private const int ChainLimit = 32;
    private static readonly FunctionEntry _outside = new(null, null, null, []);
    private readonly Dictionary<ulong, FunctionEntry> _entries = [];

    /// <summary>Forgets functions, as an image has left.</summary>
    public void Forget() => _entries.Clear();

    /// <summary>The function at an address.</summary>
    public FunctionEntry EntryAt(ulong pc)
    {
        if (_entries.TryGetValue(pc, out var known))
            return known;
        var entry = Find(pc);
        _entries.Add(pc, entry);
        return entry;
    }

    /// <summary>Replaces the registers by those of the caller.</summary>
    /// <exception cref="TargetReadException">The stack is unreadable.</exception>
    public UnwindStep Unwind(ref CpuRegisters registers)
    {
        var pc = registers.Rip;
        var entry = EntryAt(pc);
        if (entry.Info is not { } info)
        {
            var frame = registers.Rsp;
            PopReturnAddress(ref registers);
            return new UnwindStep(entry, pc, frame, CanHandle: false);
        }

        var offset = (uint)(pc - entry.Image!.Base.Value) - entry.Function!.Value.Begin.Value;
        var inPrologue = offset < info.PrologBytes;
        if (!inPrologue && TryFinishEpilogue(entry, ref registers))
            return new UnwindStep(entry, pc, registers.Rsp - 8, CanHandle: false);
        var establisher = FrameBase(info, ref registers, inPrologue ? offset : uint.MaxValue);
        var hasMachineFrame = Apply(info, ref registers, establisher, inPrologue ? offset : uint.MaxValue);
        foreach (var parent in entry.Chain)
            hasMachineFrame |= Apply(parent, ref registers, establisher, uint.MaxValue);
        if (!hasMachineFrame)
            PopReturnAddress(ref registers);
        return new UnwindStep(entry, pc, establisher, !inPrologue);
    }

    private FunctionEntry Find(ulong pc)
    {
        if (kernel.Images.ImageAt(new VirtualAddress(pc)) is not { Pe: { } pe } image)
            return _outside;
        try
        {
            if (pe.FindRuntimeFunction(new Rva((uint)(pc - image.Base.Value))) is not { } function)
                return new FunctionEntry(image, null, null, []);
            var info = pe.ReadUnwindInfo(function);
            var chain = new List<UnwindInfo>();
            var root = function.UnwindInfo;
            for (var next = info.Chained; next is { } parent; next = chain[^1].Chained)
            {
                if (chain.Count == ChainLimit)
                    throw MachineStopException.Unsupported(UnsupportedKind.Case, $"{image.FileName} has a chain of more than {ChainLimit} unwind records");
                root = parent.UnwindInfo;
                chain.Add(pe.ReadUnwindInfo(parent));
            }

            return new FunctionEntry(image, function, info, chain) { RootInfo = root };
        }
        catch (InputException malformed)
        {
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"unwind information that cannot be read: {malformed.Message}");
        }
    }

    /// <summary>rsp of the body, or what the frame register was set from.</summary>
    private static unsafe ulong FrameBase(UnwindInfo info, ref CpuRegisters registers, uint offset)
    {
        if (info.FrameRegister == 0)
            return registers.Rsp;
        foreach (var code in info.Codes)
        {
            if (code.Operation == UnwindOperation.SetFramePointer && code.CodeOffset > offset)
                return registers.Rsp;
        }

        return registers.Gpr[info.FrameRegister] - info.FrameOffset;
    }

    /// <returns>True when the code restored rip and rsp from a machine frame.</returns>
    private unsafe bool Apply(UnwindInfo info, ref CpuRegisters registers, ulong frameBase, uint offset)
    {
        var memory = kernel.Memory;
        foreach (var code in info.Codes)
        {
            if (code.Operation == UnwindOperation.Epilog || code.CodeOffset > offset)
                continue;
            switch (code.Operation)
            {
                case UnwindOperation.PushNonVolatile:
                    registers.Gpr[code.Info] = memory.ReadUInt64(new VirtualAddress(registers.Rsp));
                    registers.Rsp += 8;
                    break;
                case UnwindOperation.AllocateLarge or UnwindOperation.AllocateSmall:
                    registers.Rsp += code.Operand;
                    break;
                case UnwindOperation.SetFramePointer:
                    registers.Rsp = registers.Gpr[info.FrameRegister] - info.FrameOffset;
                    break;
                case UnwindOperation.SaveNonVolatile or UnwindOperation.SaveNonVolatileFar:
                    registers.Gpr[code.Info] = memory.ReadUInt64(new VirtualAddress(frameBase + code.Operand));
                    break;
                case UnwindOperation.SaveXmm128 or UnwindOperation.SaveXmm128Far:
                    registers.Xmm(code.Info) = memory.ReadValue<System.Runtime.Intrinsics.Vector128<byte>>(new VirtualAddress(frameBase + code.Operand));
                    break;
                case UnwindOperation.PushMachineFrame:
                    var frame = registers.Rsp + (code.Info == 1 ? 8UL : 0);
                    registers.Rip = memory.ReadUInt64(new VirtualAddress(frame));
                    registers.Rsp = memory.ReadUInt64(new VirtualAddress(frame + 0x18));
                    return true;
            }
        }

        return false;
    }

    /// <summary>
    /// In an epilogue part of the frame is gone already: what is left of it is carried out instead. An epilogue is
    /// <c>add rsp</c> or <c>lea rsp</c>, pops, and a return or a jump out of the function, and nothing else.
    /// </summary>
    private unsafe bool TryFinishEpilogue(FunctionEntry entry, ref CpuRegisters registers)
    {
        Span<byte> code = stackalloc byte[32];
        code.Clear();
        var rva = new Rva((uint)(registers.Rip - entry.Image!.Base.Value));
        var end = entry.Function!.Value.End.Value - rva.Value;
        if (!entry.Image.Pe!.TryRead(rva, code[..(int)Math.Min(32, end)]))
            return false;
        var copy = registers;
        var at = 0;

        // add rsp,imm8 / add rsp,imm32; a fault can only be at the start of the first instruction, so it has not run.
        if (code[0] == 0x48 && code[1] == 0x83 && code[2] == 0xC4)
        {
            copy.Rsp += (ulong)(sbyte)code[3];
            at = 4;
        }
        else if (code[0] == 0x48 && code[1] == 0x81 && code[2] == 0xC4)
        {
            copy.Rsp += (ulong)BitConverter.ToInt32(code[3..7]);
            at = 7;
        }

        while (at < 24)
        {
            if ((code[at] & 0xF8) == 0x58 && code[at] != 0x5C)
            {
                copy.Gpr[code[at] & 7] = kernel.Memory.ReadUInt64(new VirtualAddress(copy.Rsp));
                copy.Rsp += 8;
                at++;
            }
            else if (code[at] == 0x41 && (code[at + 1] & 0xF8) == 0x58)
            {
                copy.Gpr[8 + (code[at + 1] & 7)] = kernel.Memory.ReadUInt64(new VirtualAddress(copy.Rsp));
                copy.Rsp += 8;
                at += 2;
            }
            else
                break;
        }

        var returns = code[at] == 0xC3 || (code[at] == 0xF3 && code[at + 1] == 0xC3) || code[at] == 0xC2;
        var jumps = at > 0 && (code[at] == 0xE9 || (code[at] == 0xFF && code[at + 1] == 0x25) || (code[at] == 0x48 && code[at + 1] == 0xFF && code[at + 2] == 0x25));
        if (!returns && !jumps)
            return false;
        PopReturnAddress(ref copy);
        registers = copy;
        return true;
    }

    private void PopReturnAddress(ref CpuRegisters registers)
    {
        registers.Rip = kernel.Memory.ReadUInt64(new VirtualAddress(registers.Rsp));
        registers.Rsp += 8;
    }
}

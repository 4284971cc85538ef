namespace LastRef.Kernel;

/// <summary>The arguments after the last named one of a variadic routine, read one by one.</summary>
/// <remarks>Every slot is eight bytes; floating-point values come in the integer registers too (Doc: "x64 calling convention", varargs).</remarks>
public struct VarArgs
{
    private readonly ulong[]? _registers;
    private readonly MutableTarget _memory;
    private readonly VirtualAddress _slots;
    private int _index;

    private VarArgs(MutableTarget memory, VirtualAddress slots, ulong[]? registers, int index)
    {
        _memory = memory;
        _slots = slots;
        _registers = registers;
        _index = index;
    }

    /// <summary>The variadic part of a call, whose first slot is argument number <paramref name="index"/>.</summary>
    internal static VarArgs Of(ref KernelCall call, int index)
    {
        ulong[] registers = [call.Argument(0), call.Argument(1), call.Argument(2), call.Argument(3)];
        var slots = new VirtualAddress(call.Kernel.Processor.Registers.Rsp + 8);
        return new VarArgs(call.Memory, slots, registers, index);
    }

    /// <summary>A <c>va_list</c>: an array of slots in memory.</summary>
    public static VarArgs FromList(MutableTarget memory, VirtualAddress list) => new(memory, list, null, 0);

    public ulong Next()
    {
        var index = _index++;
        return _registers is not null && index < 4 ? _registers[index] : _memory.ReadUInt64(_slots + (index * 8));
    }
}

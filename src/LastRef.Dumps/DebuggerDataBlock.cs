using System.Buffers.Binary;

namespace LastRef.Dumps;

/// <summary>KDDEBUGGER_DATA64: addresses of the kernel's variables, kept for debuggers.</summary>
/// <remarks>Spec: dump-format 3.2. Fields beyond the block's own size do not exist.</remarks>
public sealed class DebuggerDataBlock
{
    internal const int MaximumBytes = 0x400;
    private const uint Tag = 0x4742_444B;

    // Names as the symbols have them, so that one name finds a variable in either source.
    private static readonly Dictionary<string, int> s_variables = new(StringComparer.Ordinal)
    {
        ["PsLoadedModuleList"] = 0x48, ["PsActiveProcessHead"] = 0x50, ["PspCidTable"] = 0x58, ["KeBugCheckCallbackListHead"] = 0x80,
        ["KiBugCheckData"] = 0x88, ["IopErrorLogListHead"] = 0x90, ["ObpRootDirectoryObject"] = 0x98, ["ObpTypeObjectType"] = 0xA0,
        ["MmPfnDatabase"] = 0xC0, ["PoolTrackTable"] = 0x1B8, ["MmHighestUserAddress"] = 0x1C8, ["MmSystemRangeStart"] = 0x1D0,
        ["NtBuildLab"] = 0x208, ["KiProcessorBlock"] = 0x218, ["MmUnloadedDrivers"] = 0x220, ["MmLastUnloadedDriver"] = 0x228,
        ["MmVerifierData"] = 0x248, ["CmNtCSDVersion"] = 0x268, ["MmPhysicalMemoryBlock"] = 0x270,
    };

    private readonly byte[] _bytes;

    private DebuggerDataBlock(byte[] bytes) => _bytes = bytes;

    /// <summary>Names of the variables that the block gives addresses of, with their offsets in it.</summary>
    public static IReadOnlyDictionary<string, int> Variables => s_variables;

    /// <summary>Bytes that the block says it has.</summary>
    public int Size => _bytes.Length;

    public VirtualAddress KernBase => new(U64(0x18));

    /// <summary>The address of a variable; null when the block has no field of that name, or the field is not filled.</summary>
    public VirtualAddress? Find(string variable) =>
        s_variables.TryGetValue(variable, out var offset) && U64(offset) is not 0 and var address && new VirtualAddress(address).IsKernel
            ? new VirtualAddress(address)
            : null;

    /// <summary>A 16-bit layout hint such as the offset of ETHREAD.KernelStack; null when the block ends before.</summary>
    public int? Hint(int offset) => offset + 2 <= _bytes.Length ? BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(offset)) : null;

    /// <summary>Reads a plain block; null when there is none at the address, or it is encoded.</summary>
    public static DebuggerDataBlock? TryRead(Target target, VirtualAddress address)
    {
        var head = new byte[0x18];
        if (address.IsNull || !target.TryRead(address, head, out _) || BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(0x10)) != Tag)
            return null;
        var size = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(0x14)), MaximumBytes);
        if (size < 0x60)
            return null;
        var bytes = new byte[size];
        return target.TryRead(address, bytes, out _) ? new DebuggerDataBlock(bytes) : null;
    }

    /// <summary>Reads a block that the kernel keeps encoded while no debugger is attached.</summary>
    /// <param name="encodedFlag">Address of KdpDataBlockEncoded.</param>
    public static DebuggerDataBlock? TryDecode(Target target, VirtualAddress address, ulong waitNever, ulong waitAlways, VirtualAddress encodedFlag)
    {
        var bytes = new byte[MaximumBytes];
        var count = bytes.Length;
        while (count >= 0x60 && !target.TryRead(address, bytes.AsSpan(0, count), out _))
            count -= 8;
        if (count < 0x60)
            return null;
        for (var offset = 0; offset + 8 <= count; offset += 8)
        {
            var word = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(offset)) ^ waitNever;
            word = System.Numerics.BitOperations.RotateLeft(word, (int)(waitNever & 0x3F)) ^ encodedFlag.Value;
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(offset), BinaryPrimitives.ReverseEndianness(word) ^ waitAlways);
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(0x10)) != Tag)
            return null;
        var size = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(0x14)), (uint)count);
        return size < 0x60 ? null : new DebuggerDataBlock(bytes[..size]);
    }

    private ulong U64(int offset) => offset + 8 <= _bytes.Length ? BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(offset)) : 0;
}

using LastRef.Cpu;

namespace LastRef.Kernel;

/// <summary>CONTEXT of x64 in target memory.</summary>
/// <remarks>Fact: CONTEXT in winnt.h: ContextFlags 30h, MxCsr 34h, selectors 38h, EFlags 44h, rax to r15 from 78h, Rip F8h, xmm0 from 1A0h, 4D0h bytes.</remarks>
internal static class ContextRecord
{
    public const int Size = 0x4D0;

    /// <summary>CONTEXT_AMD64 with control, integer, segments and floating point.</summary>
    private const uint Full = 0x0010_000F;

    public static unsafe void Write(MutableTarget memory, VirtualAddress address, ref CpuRegisters registers)
    {
        memory.Clear(address, Size);
        memory.WriteUInt32(address + 0x30, Full);
        memory.WriteUInt32(address + 0x34, registers.Mxcsr);
        memory.WriteUInt16(address + 0x38, 0x10);
        memory.WriteUInt16(address + 0x42, 0x18);
        memory.WriteUInt32(address + 0x44, (uint)registers.Rflags);
        for (var i = 0; i < 16; i++)
            memory.WriteUInt64(address + 0x78 + (8 * i), registers.Gpr[i]);
        memory.WriteUInt64(address + 0xF8, registers.Rip);
        memory.WriteUInt32(address + 0x118, registers.Mxcsr);
        for (var i = 0; i < 16; i++)
            memory.WriteValue(address + 0x1A0 + (16 * i), registers.Xmm(i));
    }

    /// <summary>Takes over what a CONTEXT can hold; the rest of the registers stays.</summary>
    public static unsafe void Read(Target memory, VirtualAddress address, ref CpuRegisters registers)
    {
        registers.Mxcsr = memory.ReadUInt32(address + 0x34);
        registers.Rflags = (memory.ReadUInt32(address + 0x44) & 0xCD5) | 0x202;
        for (var i = 0; i < 16; i++)
            registers.Gpr[i] = memory.ReadUInt64(address + 0x78 + (8 * i));
        registers.Rip = memory.ReadUInt64(address + 0xF8);
        for (var i = 0; i < 16; i++)
            registers.Xmm(i) = memory.ReadValue<System.Runtime.Intrinsics.Vector128<byte>>(address + 0x1A0 + (16 * i));
    }
}

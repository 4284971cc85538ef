using System.Runtime.InteropServices;
using Iced.Intel;
using static Iced.Intel.AssemblerRegisters;

namespace LastRef.Tests;

/// <summary>Executes cases natively, at the same addresses. Only in a child process, because a fault kills it.</summary>
internal sealed unsafe partial class HostProcessor
{
    // The page with the trampoline, then one with its variables: in the low 2 GiB, so that absolute addresses fit.
    private const ulong Trampoline = 0x20000000, Variables = Trampoline + 0x1000;

    /// <summary>Places below 4 GiB for code and a stack, which 32-bit returns reach.</summary>
    public const ulong LowCode = Variables + 0xC00, LowStackTop = LowStack + LowStackBytes - 0x1000;
    private const ulong LowStack = 0x21000000;
    private const int LowStackBytes = 0x80000;
    private const int Gpr = 0, FlagsAt = 128, Xmm = 256, HostRsp = 520, Entry = 528, ExitAt = 536, Before = 1024, After = 1536;

    public HostProcessor()
    {
        Map(Trampoline, 0x2000, 7);
        Map(LowStack, LowStackBytes, 3);
        Map(Layout.Scratch, Layout.ScratchBytes, 3);
        Map(Layout.Data, Layout.DataBytes, 3);
        Map(Layout.Code, Layout.CodeBytes, 7);
        *(ulong*)(Variables + ExitAt) = Emit();
    }

    public Span<byte> Data => new((void*)Layout.Data, Layout.DataBytes);

    /// <summary>Writes code followed by a jump out of it.</summary>
    public void WriteCode(ulong address, ReadOnlySpan<byte> bytes)
    {
        var at = (byte*)address;
        bytes.CopyTo(new Span<byte>(at, bytes.Length));
        at += bytes.Length;
        *at++ = 0xFF;
        *at++ = 0x24;
        *at++ = 0x25;
        *(int*)at = (int)(Variables + ExitAt);
    }

    public void Run(MachineState state, ulong address)
    {
        var v = (byte*)Variables;
        state.Gpr.CopyTo(new Span<ulong>(v + Gpr, 16));
        *(ulong*)(v + FlagsAt) = state.Flags;
        state.Xmm.CopyTo(new Span<ulong>(v + Xmm, 32));
        *(ulong*)(v + Entry) = address;
        *(ushort*)(v + Before) = state.FpuControl;
        *(ushort*)(v + Before + 2) = state.FpuStatus;
        v[Before + 4] = state.FpuTag;
        *(uint*)(v + Before + 24) = 0x1F80;
        state.St.CopyTo(new Span<ulong>(v + Before + 32, 16));
        ((delegate* unmanaged[SuppressGCTransition]<void>)Trampoline)();
    }

    public void Store(MachineState state)
    {
        var v = (byte*)Variables;
        new Span<ulong>(v + Gpr, 16).CopyTo(state.Gpr);
        state.Flags = *(ulong*)(v + FlagsAt);
        new Span<ulong>(v + Xmm, 32).CopyTo(state.Xmm);
        state.FpuControl = *(ushort*)(v + After);
        state.FpuStatus = *(ushort*)(v + After + 2);
        state.FpuTag = v[After + 4];
        for (int n = 0; n < 8; n++)
            (state.St[2 * n], state.St[(2 * n) + 1]) = (*(ulong*)(v + After + 32 + (16 * n)), *(ushort*)(v + After + 40 + (16 * n)));
    }

    private static ulong Emit()
    {
        AssemblerRegister64[] gpr = [rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15];
        AssemblerRegisterXMM[] xmm = [xmm0, xmm1, xmm2, xmm3, xmm4, xmm5, xmm6, xmm7, xmm8, xmm9, xmm10, xmm11, xmm12, xmm13, xmm14, xmm15];
        AssemblerRegister64[] preserved = [rbx, rbp, r12, r13, r14, r15];
        var a = new Assembler(64);
        Label exit = a.CreateLabel();
        foreach (AssemblerRegister64 r in preserved)
            a.push(r);
        a.mov(__qword_ptr[Variables + (ulong)(HostRsp)], rsp);
        a.push(__qword_ptr[Variables + (ulong)(FlagsAt)]);
        a.fxrstor(__[Variables + (ulong)(Before)]);
        for (int n = 0; n < 16; n++)
            a.movups(xmm[n], __xmmword_ptr[Variables + (ulong)(Xmm + (16 * n))]);
        a.popfq();
        for (int n = 0; n < 16; n++)
            a.mov(gpr[n], __qword_ptr[Variables + (ulong)(Gpr + (8 * n))]);
        a.jmp(__qword_ptr[Variables + (ulong)(Entry)]);

        a.Label(ref exit);
        for (int n = 0; n < 16; n++)
            a.mov(__qword_ptr[Variables + (ulong)(Gpr + (8 * n))], gpr[n]);
        a.mov(rsp, __qword_ptr[Variables + (ulong)(HostRsp)]);
        a.pushfq();
        a.pop(__qword_ptr[Variables + (ulong)(FlagsAt)]);
        a.cld();
        for (int n = 0; n < 16; n++)
            a.movups(__xmmword_ptr[Variables + (ulong)(Xmm + (16 * n))], xmm[n]);
        a.fxsave(__[Variables + (ulong)(After)]);
        a.fninit();
        for (int n = preserved.Length - 1; n >= 0; n--)
            a.pop(preserved[n]);
        a.ret();

        using var stream = new MemoryStream();
        AssemblerResult result = a.Assemble(new StreamCodeWriter(stream), Trampoline, BlockEncoderOptions.ReturnNewInstructionOffsets);
        byte[] bytes = stream.ToArray();
        bytes.CopyTo(new Span<byte>((void*)Trampoline, bytes.Length));
        return result.GetLabelRIP(exit);
    }

    private static void Map(ulong address, ulong length, int protection)
    {
        const int PrivateAnonymousFixedNoReplace = 0x02 | 0x20 | 0x100000;
        nint got = Mmap((nint)address, (nint)length, protection, PrivateAnonymousFixedNoReplace, -1, 0);
        Invariant.Check(got == (nint)address, $"mmap at {address:X} gave {got:X}");
    }

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial nint Mmap(nint address, nint length, int protection, int flags, int file, nint offset);
}

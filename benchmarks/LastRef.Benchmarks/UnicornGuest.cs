using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace LastRef.Benchmarks;

/// <summary>The same program in Unicorn (libunicorn2), for comparison. Imports are served by a code hook on the thunk page only.</summary>
internal sealed unsafe partial class UnicornGuest : IDisposable
{
    private const int Rax = 35, Rcx = 38, Rdx = 40, Rsp = 44, R8 = 106, R9 = 107, GsBase = 251, HookCode = 4;

    private readonly nint _engine;

    public UnicornGuest(GuestProgram program)
    {
        Check(Open(4, 8, out _engine));
        Map(GuestProgram.Code, GuestProgram.CodeBytes, 5);
        Map(GuestProgram.Imports, 0x1000, 3);
        Map(GuestProgram.Thunks, 0x1000, 5);
        Map(GuestProgram.Data, GuestProgram.DataBytes, 3);
        Map(GuestProgram.Stack, GuestProgram.StackBytes, 3);
        Map(GuestProgram.Gs, 0x1000, 3);
        Map(GuestProgram.Exit, 0x1000, 5);
        Write(GuestProgram.Code, program.Bytes);
        Write(GuestProgram.Exit, [0xF4]);
        Write(GuestProgram.Gs + 0x188, BitConverter.GetBytes(5ul));
        for (int n = 0; n < GuestProgram.ThunkCount; n++)
        {
            Write(GuestProgram.Imports + (ulong)(8 * n), BitConverter.GetBytes(GuestProgram.Thunks + (ulong)(16 * n)));
            Write(GuestProgram.Thunks + (ulong)(16 * n), [0xC3]);
        }

        ulong gs = GuestProgram.Gs;
        Check(WriteRegister(_engine, GsBase, &gs));
        nint hook;
        Check(AddHook(_engine, &hook, HookCode, (nint)(delegate* unmanaged[Cdecl]<nint, ulong, uint, nint, void>)&OnThunk, 0,
            GuestProgram.Thunks, GuestProgram.Thunks + 0xFFF));
    }

    public static bool IsPresent => NativeLibrary.TryLoad("libunicorn.so.2", out _);

    public ulong Run(ulong turns)
    {
        ulong data = GuestProgram.Data, rsp = GuestProgram.Stack + GuestProgram.StackBytes - 0x108, result;
        Write(rsp, BitConverter.GetBytes(GuestProgram.Exit));
        Check(WriteRegister(_engine, Rcx, &turns));
        Check(WriteRegister(_engine, Rdx, &data));
        Check(WriteRegister(_engine, Rsp, &rsp));
        Check(Start(_engine, GuestProgram.Code, GuestProgram.Exit, 0, 0));
        Check(ReadRegister(_engine, Rax, &result));
        return result;
    }

    public void Dispose() => Check(Close(_engine));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnThunk(nint engine, ulong address, uint size, nint user)
    {
        ulong rcx, rdx, r8, r9;
        Check(ReadRegister(engine, Rcx, &rcx));
        Check(ReadRegister(engine, Rdx, &rdx));
        Check(ReadRegister(engine, R8, &r8));
        Check(ReadRegister(engine, R9, &r9));
        ulong rax = rcx + rdx + r8 + (r9 & 0xFF);
        Check(WriteRegister(engine, Rax, &rax));
    }

    private static void Check(int error)
    {
        if (error != 0)
            throw new InvalidOperationException($"unicorn error {error}");
    }

    private void Map(ulong address, ulong size, uint permissions) => Check(MapMemory(_engine, address, size, permissions));

    private void Write(ulong address, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* p = bytes)
            Check(WriteMemory(_engine, address, p, (ulong)bytes.Length));
    }

    [LibraryImport("libunicorn.so.2", EntryPoint = "uc_open")]
    private static partial int Open(int arch, int mode, out nint engine);

    [LibraryImport("libunicorn.so.2", EntryPoint = "uc_close")]
    private static partial int Close(nint engine);

    [LibraryImport("libunicorn.so.2", EntryPoint = "uc_mem_map")]
    private static partial int MapMemory(nint engine, ulong address, ulong size, uint permissions);

    [LibraryImport("libunicorn.so.2", EntryPoint = "uc_mem_write")]
    private static partial int WriteMemory(nint engine, ulong address, byte* bytes, ulong size);

    [LibraryImport("libunicorn.so.2", EntryPoint = "uc_reg_write"), SuppressGCTransition]
    private static partial int WriteRegister(nint engine, int register, void* value);

    [LibraryImport("libunicorn.so.2", EntryPoint = "uc_reg_read"), SuppressGCTransition]
    private static partial int ReadRegister(nint engine, int register, void* value);

    [LibraryImport("libunicorn.so.2", EntryPoint = "uc_emu_start")]
    private static partial int Start(nint engine, ulong begin, ulong until, ulong timeout, ulong count);

    [LibraryImport("libunicorn.so.2", EntryPoint = "uc_hook_add")]
    private static partial int AddHook(nint engine, nint* hook, int type, nint callback, nint user, ulong begin, ulong end);
}

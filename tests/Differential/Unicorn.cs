using System.Runtime.InteropServices;

namespace LastRef.Tests;

/// <summary>The emulator Unicorn (Debian: libunicorn2) as an oracle; only tests use it.</summary>
internal sealed unsafe partial class Unicorn : IDisposable
{
    public const int ErrorOk = 0, ErrorException = 21;
    private const int ArchX86 = 4, Mode64 = 8, CpuModelEpycRome = 37, ControlCpuModel = 0x44000007;
    private const int RegisterRip = 41, RegisterGdtr = 243;
    private const int RegisterEflags = 25, RegisterXmm0 = 122;
    private static readonly int[] s_gpr = [35, 38, 40, 37, 44, 36, 43, 39, 106, 107, 108, 109, 110, 111, 112, 113];

    private readonly byte* _data;
    private readonly byte* _code;
    private readonly byte* _low;
    private readonly ulong* _values;
    private readonly void** _pointers;
    private readonly int* _ids;
    private nint _engine;

    public Unicorn()
    {
        _data = (byte*)NativeMemory.AlignedAlloc(Layout.DataBytes, 4096);
        _code = (byte*)NativeMemory.AlignedAlloc(Layout.CodeBytes, 4096);
        NativeMemory.Clear(_code, Layout.CodeBytes);
        _low = (byte*)NativeMemory.AlignedAlloc(0x2000, 4096);
        NativeMemory.Clear(_low, 0x2000);
        _values = (ulong*)NativeMemory.AllocZeroed(64 * 8);
        _pointers = (void**)NativeMemory.AllocZeroed(64 * 8);
        _ids = (int*)NativeMemory.AllocZeroed(64 * 4);
        for (int n = 0; n < 16; n++)
        {
            _ids[n] = s_gpr[n];
            _pointers[n] = _values + n;
            _ids[17 + n] = RegisterXmm0 + n;
            _pointers[17 + n] = _values + 17 + (2 * n);
        }

        _ids[16] = RegisterEflags;
        _pointers[16] = _values + 16;
        Reopen();
    }

    /// <summary>Why it cannot be used here, or null.</summary>
    public static string? Absence()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return "the differential tests run on x64 Linux only";
        if (!NativeLibrary.TryLoad("libunicorn.so.2", out nint library))
            return "libunicorn2 (a Debian package) is not installed";
        NativeLibrary.Free(library);
        return null;
    }

    /// <summary>A fresh engine over the same memory: forgets all translated code.</summary>
    public void Reopen()
    {
        if (_engine != 0)
            Check(Close(_engine));
        Check(Open(ArchX86, Mode64, out _engine));
        Check(Control(_engine, ControlCpuModel, CpuModelEpycRome));
        Check(MapPointer(_engine, Layout.Data, Layout.DataBytes, 3, _data));
        Check(MapPointer(_engine, Layout.Code, Layout.CodeBytes, 5, _code));
    }

    public Span<byte> Data => new(_data, Layout.DataBytes);

    /// <summary>Code must be at an address that was not executed since the engine was opened.</summary>
    public void WriteCode(ulong address, ReadOnlySpan<byte> bytes) => bytes.CopyTo(new Span<byte>(_code + (address - Layout.Code), bytes.Length));

    /// <summary>Runs from one address until another is reached.</summary>
    /// <returns>The error, <see cref="ErrorOk"/> when the end was reached.</returns>
    public int Run(MachineState state, ulong from, ulong until)
    {
        state.Gpr.CopyTo(new Span<ulong>(_values, 16));
        _values[16] = state.Flags;
        state.Xmm.CopyTo(new Span<ulong>(_values + 17, 32));
        Check(WriteRegisters(_engine, _ids, _pointers, 33));
        int error = Start(_engine, from, until, 0, 0);
        Check(ReadRegisters(_engine, _ids, _pointers, 33));
        return error;
    }

    /// <summary>Executes one instruction.</summary>
    /// <returns>The error; <paramref name="rip"/> is where execution would go on.</returns>
    public int Step(MachineState state, ulong from, out ulong rip)
    {
        state.Gpr.CopyTo(new Span<ulong>(_values, 16));
        _values[16] = state.Flags;
        state.Xmm.CopyTo(new Span<ulong>(_values + 17, 32));
        Check(WriteRegisters(_engine, _ids, _pointers, 33));
        int error = Start(_engine, from, 0, 0, 1);
        Check(ReadRegisters(_engine, _ids, _pointers, 33));
        int id = RegisterRip;
        ulong value = 0;
        void* pointer = &value;
        Check(ReadRegisters(_engine, &id, &pointer, 1));
        rip = value;
        return error;
    }

    /// <summary>Points the engine at a global descriptor table below 4 GiB, beside the code that 32-bit returns reach.</summary>
    public void LoadDescriptors(params (ushort Selector, ulong Descriptor)[] descriptors)
    {
        const ulong Table = HostProcessor.LowCode + 0x400;
        Check(MapPointer(_engine, HostProcessor.LowCode & ~0xFFFul, 0x2000, 7, _low));
        foreach ((ushort selector, ulong descriptor) in descriptors)
            *(ulong*)(_low + (Table - (HostProcessor.LowCode & ~0xFFFul)) + selector) = descriptor;
        var register = new SystemTableRegister { Base = Table, Limit = 0xFF };
        int id = RegisterGdtr;
        void* pointer = &register;
        Check(WriteRegisters(_engine, &id, &pointer, 1));
    }

    public void Store(MachineState state)
    {
        new Span<ulong>(_values, 16).CopyTo(state.Gpr);
        state.Flags = _values[16];
        new Span<ulong>(_values + 17, 32).CopyTo(state.Xmm);
    }

    public void Dispose()
    {
        Check(Close(_engine));
        NativeMemory.AlignedFree(_data);
        NativeMemory.AlignedFree(_code);
        NativeMemory.AlignedFree(_low);
        NativeMemory.Free(_values);
        NativeMemory.Free(_pointers);
        NativeMemory.Free(_ids);
    }

    private static void Check(int error) => Invariant.Check(error == 0, $"unicorn error {error}");

    /// <summary>uc_x86_mmr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct SystemTableRegister
    {
        public ushort Selector;
        public ulong Base;
        public uint Limit;
        public uint Flags;
    }

    [LibraryImport("libunicorn.so.2", EntryPoint = "uc_open")]
    private static partial int Open(int arch, int mode, out nint engine);

    [LibraryImport("libunicorn.so.2", EntryPoint = "uc_close")]
    private static partial int Close(nint engine);

    /// <summary>Declared with variable arguments; on x64 Linux integers go the same way.</summary>
    [LibraryImport("libunicorn.so.2", EntryPoint = "uc_ctl")]
    private static partial int Control(nint engine, int control, int value);

    [LibraryImport("libunicorn.so.2", EntryPoint = "uc_mem_map_ptr")]
    private static partial int MapPointer(nint engine, ulong address, ulong size, uint permissions, void* memory);

    [LibraryImport("libunicorn.so.2", EntryPoint = "uc_reg_write_batch")]
    private static partial int WriteRegisters(nint engine, int* registers, void** values, int count);

    [LibraryImport("libunicorn.so.2", EntryPoint = "uc_reg_read_batch")]
    private static partial int ReadRegisters(nint engine, int* registers, void** values, int count);

    [LibraryImport("libunicorn.so.2", EntryPoint = "uc_emu_start")]
    private static partial int Start(nint engine, ulong begin, ulong until, ulong timeout, ulong count);
}

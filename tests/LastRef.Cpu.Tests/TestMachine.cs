using Iced.Intel;
using LastRef.Cpu;

namespace LastRef.Tests;

/// <summary>A processor with code, data and stack pages, and a host that records what it is asked.</summary>
internal sealed class TestMachine : IProcessorHost, IDisposable
{
    public const ulong Code = 0xFFFFF800_00010000, Data = 0xFFFFF800_00100000, Stack = 0xFFFFF800_00200000, Thunks = 0xFFFFF800_00800000;
    public const ulong StackTop = Stack + 0x4000;

    public TestMachine()
    {
        Memory = new GuestMemory(4096);
        Memory.Map(Code, 0x4000, PageAccess.Read | PageAccess.Execute);
        Memory.Map(Data, 0x4000, PageAccess.Read | PageAccess.Write);
        Memory.Map(Stack, 0x4000, PageAccess.Read | PageAccess.Write);
        Memory.Map(Thunks, 0x1000, PageAccess.Read | PageAccess.Execute);
        Processor = new Processor(Memory, this);
        Processor.SetThunks(Thunks, 16);
        Processor.Registers.Rip = Code;
        Processor.Registers.Rsp = StackTop - 0x100;
    }

    public GuestMemory Memory { get; }

    public Processor Processor { get; }

    public List<string> Calls { get; } = [];

    public Func<int, ThunkAction> Thunk { get; set; } = _ => ThunkAction.Return;

    public ulong Cr8 { get; private set; }

    /// <summary>With OSXSAVE, which a test may clear.</summary>
    public ulong Cr4 { get; set; } = 1ul << 18;

    public bool StopOnCr8 { get; set; }

    /// <summary>Records nothing, for a test that counts allocations.</summary>
    public bool CountsOnly { get; set; }

    public ref CpuRegisters R => ref Processor.Registers;

    public static byte[] Assemble(Action<Assembler> write, ulong at = Code)
    {
        var assembler = new Assembler(64);
        write(assembler);
        using var stream = new MemoryStream();
        assembler.Assemble(new StreamCodeWriter(stream), at);
        return stream.ToArray();
    }

    public TestMachine Load(Action<Assembler> write, ulong at = Code)
    {
        Assert.True(Memory.TryWrite(at, Assemble(write, at)));
        return this;
    }

    public ulong Read64(ulong address)
    {
        Span<byte> bytes = stackalloc byte[8];
        Assert.True(Memory.TryRead(address, bytes));
        return BitConverter.ToUInt64(bytes);
    }

    public void Write64(ulong address, ulong value) => Assert.True(Memory.TryWrite(address, BitConverter.GetBytes(value)));

    public ThunkAction OnThunk(int thunk)
    {
        if (!CountsOnly)
            Calls.Add($"thunk {thunk}");
        return Thunk(thunk);
    }

    public ulong ReadCr(int index) => index switch { 8 => Cr8, 4 => Cr4, _ => 0 };

    public bool WriteCr(int index, ulong value)
    {
        if (!CountsOnly)
            Calls.Add($"cr{index}={value:X}");
        if (index != 8)
            return false;
        Cr8 = value;
        if (StopOnCr8)
            Processor.RequestStop();
        return true;
    }

    public bool ReadMsr(uint index, out ulong value)
    {
        value = 0x1122334455667788;
        return index == 0x10;
    }

    public bool WriteMsr(uint index, ulong value)
    {
        Calls.Add($"msr{index:X}={value:X}");
        return index == 0x10;
    }

    public ulong ReadXcr0() => 3;

    public bool WriteXcr0(ulong value) => Record($"xcr0={value:X}");

    public bool ReadPerformanceCounter(uint index, out ulong value)
    {
        value = 0x1_0000_0010u + index;
        return index < 4;
    }

    public (uint Eax, uint Ebx, uint Ecx, uint Edx) Cpuid(uint leaf, uint subleaf) => (leaf, 2, subleaf, 4);

    public ulong ReadTimestamp() => 0x1_0000_0002;

    public ulong ReadRandom() => 42;

    public uint In(ushort port, int size) => port;

    public void Out(ushort port, int size, uint value) => Calls.Add($"out {port:X},{size}={value:X}");

    public void SetInterruptFlag(bool enabled) => Calls.Add(enabled ? "sti" : "cli");

    private bool Record(string call)
    {
        Calls.Add(call);
        return true;
    }

    public void Dispose()
    {
        Processor.Dispose();
        Memory.Dispose();
    }
}

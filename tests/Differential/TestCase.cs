using Iced.Intel;

namespace LastRef.Tests;

/// <summary>One piece of code with the registers to start from.</summary>
internal sealed class TestCase
{
    public ulong Address { get; set; }

    public byte[] Bytes { get; set; } = [];

    public Instruction Instruction { get; set; }

    public MachineState Start { get; } = new();

    /// <summary>Flags that the architecture leaves undefined, as in rflags.</summary>
    public ulong UndefinedFlags { get; set; }

    public override string ToString() => $"{Instruction} [{Convert.ToHexString(Bytes)}] at {Address:X}";
}

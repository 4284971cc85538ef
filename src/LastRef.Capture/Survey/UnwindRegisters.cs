namespace LastRef;

/// <summary>The registers that unwinding restores.</summary>
internal sealed class UnwindRegisters
{
    /// <summary>By their numbers in instruction encodings: rsp is 4, rbp is 5.</summary>
    public ulong[] Gpr { get; } = new ulong[16];

    public VirtualAddress Rip { get; set; }

    public VirtualAddress Rsp
    {
        get => new(Gpr[4]);
        set => Gpr[4] = value.Value;
    }
}

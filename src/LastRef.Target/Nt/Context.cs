namespace LastRef.Nt;

/// <summary>A processor's registers as saved for exceptions and dumps.</summary>
/// <remarks>Fact: CONTEXT for x64, WDK reference.</remarks>
[NtView("_CONTEXT")]
public readonly partial struct Context(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial uint ContextFlags { get; }

    [Field(Writable = true)] public partial uint MxCsr { get; }

    [Field(Writable = true)] public partial ushort SegCs { get; }

    [Field(Writable = true)] public partial ushort SegSs { get; }

    [Field(Writable = true)] public partial uint EFlags { get; }

    [Field(Writable = true)] public partial ulong Rax { get; }

    [Field(Writable = true)] public partial ulong Rcx { get; }

    [Field(Writable = true)] public partial ulong Rdx { get; }

    [Field(Writable = true)] public partial ulong Rbx { get; }

    [Field(Writable = true)] public partial ulong Rsp { get; }

    [Field(Writable = true)] public partial ulong Rbp { get; }

    [Field(Writable = true)] public partial ulong Rsi { get; }

    [Field(Writable = true)] public partial ulong Rdi { get; }

    [Field(Writable = true)] public partial ulong R8 { get; }

    [Field(Writable = true)] public partial ulong R9 { get; }

    [Field(Writable = true)] public partial ulong R10 { get; }

    [Field(Writable = true)] public partial ulong R11 { get; }

    [Field(Writable = true)] public partial ulong R12 { get; }

    [Field(Writable = true)] public partial ulong R13 { get; }

    [Field(Writable = true)] public partial ulong R14 { get; }

    [Field(Writable = true)] public partial ulong R15 { get; }

    [Field(Writable = true)] public partial ulong Rip { get; }
}

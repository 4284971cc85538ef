namespace LastRef.Nt;

/// <summary>A processor's control region; gs points to it in kernel mode.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_KPCR")]
public readonly partial struct KPcr(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial VirtualAddress GdtBase { get; }

    [Field(Writable = true)] public partial VirtualAddress TssBase { get; }

    [Field(Writable = true)] public partial ulong UserRsp { get; }

    [Field(Writable = true)] public partial VirtualAddress Self { get; }

    [Field(Writable = true)] public partial VirtualAddress CurrentPrcb { get; }

    [Field(Writable = true)] public partial VirtualAddress IdtBase { get; }

    [Field(Writable = true)] public partial Irql Irql { get; }

    [Field(Writable = true)] public partial ushort MajorVersion { get; }

    [Field(Writable = true)] public partial ushort MinorVersion { get; }

    [Field(Writable = true)] public partial VirtualAddress KdVersionBlock { get; }

    [Field] public partial KPrcb Prcb { get; }
}

namespace LastRef.Nt;

/// <summary>A processor's control block.</summary>
/// <remarks>Fact: public symbols; most offsets move with updates of one build.</remarks>
[NtView("_KPRCB")]
public readonly partial struct KPrcb(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial uint MxCsr { get; }

    /// <summary>Drivers read it at gs:[188h].</summary>
    [Field(Writable = true)] public partial VirtualAddress CurrentThread { get; }

    [Field(Writable = true)] public partial VirtualAddress NextThread { get; }

    [Field(Writable = true)] public partial VirtualAddress IdleThread { get; }

    [Field(Writable = true)] public partial byte NestingLevel { get; }

    [Field(Writable = true)] public partial uint Number { get; }

    [Field] public partial ViewArray<KDpcData> DpcData { get; }

    [Field(Writable = true)] public partial byte DpcRoutineActive { get; }

    [Field] public partial KTimerTable TimerTable { get; }
}

namespace LastRef.Nt;

/// <summary>A deferred procedure call.</summary>
/// <remarks>Spec: U-1.41.</remarks>
[NtView("_KDPC")]
public readonly partial struct KDpc(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial DispatcherType Type { get; }

    [Field(Writable = true)] public partial byte Importance { get; }

    /// <summary>The processor that it is bound to.</summary>
    [Field(Writable = true)] public partial ushort Number { get; }

    [Field("DpcListEntry.Flink|DpcListEntry.Next", Writable = true)] public partial VirtualAddress DpcListNext { get; }

    [Field(Writable = true)] public partial VirtualAddress DeferredRoutine { get; }

    [Field(Writable = true)] public partial VirtualAddress DeferredContext { get; }

    [Field(Writable = true)] public partial VirtualAddress SystemArgument1 { get; }

    [Field(Writable = true)] public partial VirtualAddress SystemArgument2 { get; }

    /// <summary>Not null while the call is queued.</summary>
    [Field(Writable = true)] public partial VirtualAddress DpcData { get; }
}

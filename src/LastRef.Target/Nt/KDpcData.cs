namespace LastRef.Nt;

/// <summary>A processor's queue of DPCs.</summary>
/// <remarks>Fact: public symbols.</remarks>
[NtView("_KDPC_DATA")]
public readonly partial struct KDpcData(Target target, VirtualAddress address)
{
    /// <summary>Link of the first call queued.</summary>
    [Field("DpcListHead.Flink|DpcList.ListHead.Next", Writable = true)] public partial VirtualAddress FirstDpc { get; }

    [Field(Writable = true)] public partial int DpcQueueDepth { get; }

    [Field(Writable = true)] public partial uint DpcCount { get; }
}

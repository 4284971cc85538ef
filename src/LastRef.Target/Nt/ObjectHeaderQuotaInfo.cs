namespace LastRef.Nt;

/// <summary>What an object costs its creator.</summary>
/// <remarks>Spec: U-1.24.</remarks>
[NtView("_OBJECT_HEADER_QUOTA_INFO")]
public readonly partial struct ObjectHeaderQuotaInfo(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial uint PagedPoolCharge { get; }

    [Field(Writable = true)] public partial uint NonPagedPoolCharge { get; }

    [Field(Writable = true)] public partial uint SecurityDescriptorCharge { get; }
}

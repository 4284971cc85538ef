namespace LastRef.Nt;

/// <summary>Devices that a driver reports for IRP_MN_QUERY_DEVICE_RELATIONS, each with a reference.</summary>
/// <remarks>Spec: U-1.65.</remarks>
[NtView("_DEVICE_RELATIONS")]
public readonly partial struct DeviceRelations(Target target, VirtualAddress address)
{
    [Field(Writable = true)] public partial uint Count { get; }

    /// <summary>As many as Count says.</summary>
    [Field] public partial FieldArray<VirtualAddress> Objects { get; }
}

namespace LastRef.Nt;

/// <summary>A device that is registered as a provider of management data.</summary>
/// <remarks>Spec: U-6.28. The layout is in no public symbols.</remarks>
[NtView("_WMI_REGISTRATION")]
public readonly partial struct WmiRegistration(Target target, VirtualAddress address)
{
    [Field] public partial ListEntry Link { get; }

    [Field(Writable = true)] public partial DeviceObject? DeviceObject { get; }

    [Field(Writable = true)] public partial uint ProviderId { get; }
}

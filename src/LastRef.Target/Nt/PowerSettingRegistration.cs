namespace LastRef.Nt;

/// <summary>A callback for a power setting: what the handle of PoRegisterPowerSettingCallback points to.</summary>
/// <remarks>Spec: U-6.35. The layout is in no public symbols.</remarks>
[NtView("_POP_POWER_SETTING_REGISTRATION")]
public readonly partial struct PowerSettingRegistration(Target target, VirtualAddress address)
{
    [Field] public partial ListEntry Link { get; }

    [Field(Writable = true)] public partial uint Tag { get; }

    [Field(Writable = true)] public partial Guid SettingGuid { get; }

    [Field(Writable = true)] public partial VirtualAddress Callback { get; }

    [Field(Writable = true)] public partial VirtualAddress Context { get; }

    [Field(Writable = true)] public partial DeviceObject? DeviceObject { get; }
}

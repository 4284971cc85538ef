namespace LastRef.Nt;

/// <summary>A power setting that has a value, with the callbacks that are registered for it.</summary>
/// <remarks>Spec: U-6.35a. The layout is in no public symbols.</remarks>
[NtView("_POP_POWER_SETTING")]
public readonly partial struct PowerSetting(Target target, VirtualAddress address)
{
    [Field] public partial ListEntry Link { get; }

    /// <summary>Heads the registrations.</summary>
    [Field] public partial ListEntry Registrations { get; }

    [Field(Writable = true)] public partial Guid SettingGuid { get; }
}

namespace LastRef.Nt;

/// <summary>DEVICE_NODE.Flags (DNF_*), as the debugger's <c>!devnode</c> names them.</summary>
/// <remarks>Doc: "!devnode", WDK debugger reference. Spec: U-1.51.</remarks>
[Flags]
public enum DeviceNodeFlags : uint
{
    None = 0,

    /// <summary>The PnP manager made the device itself; no bus enumerated it.</summary>
    MadeUp = 1,

    /// <summary>The parent reported it in its last bus relations.</summary>
    Enumerated = 0x10,

    IdsQueried = 0x20,

    /// <summary>It needs no hardware resources.</summary>
    NoResourceRequired = 0x100,

    /// <summary>A driver that is not PnP reported and drives it.</summary>
    LegacyDriver = 0x1000,

    /// <summary>The field Problem counts.</summary>
    HasProblem = 0x2000,
}

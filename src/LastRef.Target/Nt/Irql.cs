namespace LastRef.Nt;

/// <summary>Interrupt request levels of x64.</summary>
/// <remarks>Fact: wdm.h, Managing Hardware Priorities (WDK).</remarks>
public enum Irql : byte
{
    Passive = 0,

    Apc = 1,

    Dispatch = 2,

    Cmci = 5,

    /// <summary>First device level; devices use 3 to 12.</summary>
    Device = 6,

    Clock = 13,

    Ipi = 14,

    High = 15,
}

using LastRef.Kernel;

namespace LastRef.Lab;

/// <summary>A client's registration for notifications.</summary>
/// <param name="Class">The interface class of an interface registration; null for another.</param>
/// <param name="Device">The device behind the handle of a handle registration; null for another.</param>
internal sealed record ClientRegistration(LabApplication Application, NotificationApi Api, Guid? Class, PnpDevice? Device)
{
    /// <summary>The kernel's entry, which holds the PDO (U-6.23); null for an interface registration.</summary>
    public VirtualAddress Entry { get; init; }

    /// <summary>The handle that was registered; it may be closed since (U-9.13).</summary>
    public LabHandle? Handle { get; init; }

    /// <summary>The instance path of an instance registration, empty for all instances; null for another.</summary>
    public string? Instance { get; init; }

    public bool IsEnded { get; set; }

    /// <summary>A callback of the registration is running.</summary>
    public bool IsInCallback { get; set; }

    /// <summary>Signalled when no callback runs; null until the first one.</summary>
    public VirtualAddress Idle { get; set; }
}

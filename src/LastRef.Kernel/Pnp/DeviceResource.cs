namespace LastRef.Kernel;

/// <summary>A hardware resource that a device gets with START.</summary>
/// <param name="Start">First port or physical address; the interrupt's line.</param>
/// <param name="Length">Ports or bytes; zero for an interrupt.</param>
public sealed record DeviceResource(DeviceResourceKind Kind, ulong Start, uint Length)
{
    /// <summary>Messages that the device signals, beginning with the line <see cref="Start"/>; zero for an interrupt by wire.</summary>
    public ushort Messages { get; init; }
}

using LastRef.Kernel;

namespace LastRef.Lab;

/// <summary>A hardware resource that START hands over.</summary>
/// <param name="Kind"><c>port</c>, <c>memory</c> or <c>interrupt</c>.</param>
/// <param name="Start">First port or physical address; the vector of an interrupt.</param>
/// <param name="Length">Ports or bytes; zero for an interrupt.</param>
/// <param name="Reads">What reads of the range give, one after the other, the last for ever; all ones when empty.</param>
public sealed record ProfileResource(string Kind, ulong Start, uint Length, IReadOnlyList<ulong> Reads)
{
    /// <summary>Registers in the range that answer otherwise; none for an interrupt.</summary>
    public IReadOnlyList<ProfileRegister> Registers { get; init; } = [];

    /// <summary>When the hardware raises the line by itself; none for ports and memory.</summary>
    public IReadOnlyList<ProfileInterrupt> Fires { get; init; } = [];

    /// <summary>Messages that the device signals instead of raising a line, from <see cref="Start"/> on; zero for a line, for ports and memory.</summary>
    public uint Messages { get; init; }

    internal DeviceResource ToDeviceResource() => new(
        Kind switch
        {
            "port" => DeviceResourceKind.Port,
            "memory" => DeviceResourceKind.Memory,
            "interrupt" => DeviceResourceKind.Interrupt,
            _ => throw new InvariantException($"A resource has the kind '{Kind}'."),
        },
        Start, Length)
    {
        Messages = (ushort)Messages,
    };
}

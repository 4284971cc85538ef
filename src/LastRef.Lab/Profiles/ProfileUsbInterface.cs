namespace LastRef.Lab;

/// <summary>An interface of a USB device, or an alternate setting of the one before it.</summary>
public sealed record ProfileUsbInterface
{
    public byte Alternate { get; init; }

    public byte Class { get; init; } = 0xFF;

    public byte SubClass { get; init; }

    public byte Protocol { get; init; }

    public IReadOnlyList<ProfileUsbEndpoint> Endpoints { get; init; } = [];
}

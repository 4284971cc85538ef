namespace LastRef.Lab;

/// <summary>An endpoint of a USB device.</summary>
/// <param name="Address">bEndpointAddress: 0x80 for one that the host reads from.</param>
public sealed record ProfileUsbEndpoint(byte Address, ProfileUsbTransfer Type, ushort MaxPacket)
{
    public byte Interval { get; init; }

    /// <summary>What reads get, one after the other; a read after the last waits until it is cancelled or the pipe aborted.</summary>
    public IReadOnlyList<byte[]> Reads { get; init; } = [];
}

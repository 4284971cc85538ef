namespace LastRef.Lab;

/// <summary>A USB device: what its descriptors say and what its endpoints answer.</summary>
/// <remarks>Fact: USB 2.0 specification, chapter 9.</remarks>
public sealed record ProfileUsb
{
    public ushort VendorId { get; init; }

    public ushort ProductId { get; init; }

    /// <summary>bcdDevice.</summary>
    public ushort Revision { get; init; }

    /// <summary>bcdUSB.</summary>
    public ushort UsbVersion { get; init; } = 0x0200;

    public byte Class { get; init; }

    public byte SubClass { get; init; }

    public byte Protocol { get; init; }

    /// <summary>Manufacturer, product and serial number, then further ones, in American English.</summary>
    public IReadOnlyList<string> Strings { get; init; } = [];

    /// <summary>Interfaces of the only configuration; one with an alternate setting above zero belongs to the one before it.</summary>
    public IReadOnlyList<ProfileUsbInterface> Interfaces { get; init; } = [];

    /// <summary>Control requests with an answer of their own. The rest: what goes to the device is taken, what should come from it is stalled.</summary>
    public IReadOnlyList<ProfileUsbRequest> Requests { get; init; } = [];

    /// <summary>The same device with a serial number of its own: the first keeps the profile's, later ones get a number behind it.</summary>
    public ProfileUsb Numbered(int instance) =>
        instance == 0 || Strings.Count < 3 ? this : this with { Strings = [.. Strings.Take(2), $"{Strings[2]}{instance}", .. Strings.Skip(3)] };
}

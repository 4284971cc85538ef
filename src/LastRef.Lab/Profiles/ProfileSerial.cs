namespace LastRef.Lab;

/// <summary>What is plugged into a serial port.</summary>
public sealed record ProfileSerial
{
    /// <summary>The lines as IOCTL_SERIAL_GET_MODEMSTATUS gives them: 0x10 CTS, 0x20 DSR, 0x40 RI, 0x80 DCD.</summary>
    public uint ModemStatus { get; init; }

    /// <summary>What it sends, once, each time that the host raises RTS; reads take it byte by byte, and one that finds nothing left waits.</summary>
    public byte[] Sends { get; init; } = [];
}

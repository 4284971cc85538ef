using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>A serial port: it takes what is written and gives what the device behind it sends, if there is one.</summary>
/// <remarks>Doc: "Serial Device Control Requests", WDK reference; the codes are those of ntddser.h.</remarks>
internal sealed class SerialPort(NtKernel kernel, ProfileSerial plugged) : BusDevice(kernel)
{
    // IOCTL_SERIAL_* as ntddser.h makes them: FILE_DEVICE_SERIAL_PORT, METHOD_BUFFERED, FILE_ANY_ACCESS.
    private const uint FirstCode = 0x1B_0000;
    private const uint LastCode = 0x1B_00FC;
    private const uint SetRts = 0x1B_0030;
    private const uint GetWaitMask = 0x1B_0040;
    private const uint SetWaitMask = 0x1B_0044;
    private const uint WaitOnMask = 0x1B_0048;
    private const uint Purge = 0x1B_004C;
    private const uint GetModemStatus = 0x1B_0068;
    private const uint GetCommStatus = 0x1B_006C;
    private const uint GetProperties = 0x1B_0074;
    private const uint GetDtrRts = 0x1B_0078;

    /// <summary>Requests that store a structure, with the request that gives it back and its size.</summary>
    private static readonly (uint Set, uint Get, int Bytes)[] _settings =
    [
        (0x1B_0004, 0x1B_0050, 4), // baud rate
        (0x1B_000C, 0x1B_0054, 3), // line control
        (0x1B_001C, 0x1B_0020, 20), // timeouts
        (0x1B_005C, 0x1B_0058, 6), // special characters
        (0x1B_0064, 0x1B_0060, 16), // handflow
    ];

    private readonly Dictionary<uint, byte[]> _stored = [];
    private readonly Queue<byte> _received = new();
    private uint _waitMask;

    protected override async GuestTask<NtStatus?> HandleRequest(Irp irp, IoStackLocation location)
    {
        switch (location.MajorFunction)
        {
            case IrpMajor.Read:
                return await Read(irp, location);
            case IrpMajor.Write:
                return await Complete(irp, NtStatus.Success, location.WriteLength);
            case IrpMajor.FlushBuffers:
                return await Complete(irp, NtStatus.Success);
            case IrpMajor.DeviceControl when location.IoControlCode is >= FirstCode and <= LastCode:
                return await Control(irp, location, location.IoControlCode);
            default:
                return null;
        }
    }

    /// <summary>A read waits for ever, or as long as the timeouts say (Doc: SERIAL_TIMEOUTS).</summary>
    private async GuestTask<NtStatus?> Read(Irp irp, IoStackLocation location)
    {
        if (_received.Count > 0)
        {
            var bytes = new byte[Math.Min(location.ReadLength, (uint)_received.Count)];
            for (var i = 0; i < bytes.Length; i++)
                bytes[i] = _received.Dequeue();
            if (bytes.Length > 0)
                Memory.Write(BufferOf(irp), bytes);
            return await Complete(irp, NtStatus.Success, (ulong)bytes.Length);
        }

        var timeouts = Stored(0x1B_001C, 20);
        var (interval, multiplier, constant) = (BitConverter.ToUInt32(timeouts, 0), BitConverter.ToUInt32(timeouts, 4), BitConverter.ToUInt32(timeouts, 8));
        if (interval == uint.MaxValue && multiplier == 0 && constant == 0)
            return await Complete(irp, NtStatus.Success);

        // Both at their largest: the read ends with the first byte, or after the constant alone.
        var milliseconds = interval == uint.MaxValue && multiplier == uint.MaxValue ? constant : ((long)multiplier * location.ReadLength) + constant;
        var kept = await Keep(irp, location);
        if (milliseconds > 0)
        {
            var end = Kernel.Ke.CreateEvent(synchronization: false);
            Kernel.Ex.QueueWork(async _ =>
            {
                await Kernel.Ke.Wait(end, milliseconds * -10_000);
                Kernel.Ke.DeleteEvent(end);
                await FinishKept(one => one.Address == irp.Address, NtStatus.Timeout);
            });
        }

        return kept;
    }

    private async GuestTask<NtStatus?> Control(Irp irp, IoStackLocation location, uint code)
    {
        foreach (var (set, get, bytes) in _settings)
        {
            if (code == set)
            {
                if (location.InputBufferLength < bytes)
                    return await Complete(irp, NtStatus.BufferTooSmall);
                var value = new byte[bytes];
                Memory.Read(irp.SystemBuffer, value);
                _stored[set] = value;
                return await Complete(irp, NtStatus.Success);
            }

            if (code == get)
                return await Answer(irp, location, Stored(set, bytes));
        }

        switch (code)
        {
            case SetWaitMask:
                await FinishKept(IsWait, NtStatus.Success);
                _waitMask = location.InputBufferLength >= 4 ? Memory.ReadUInt32(irp.SystemBuffer) : 0;
                return await Complete(irp, NtStatus.Success);
            case GetWaitMask:
                return await Answer(irp, location, BitConverter.GetBytes(_waitMask));
            case WaitOnMask:
                return _waitMask == 0 ? await Complete(irp, NtStatus.InvalidParameter) : await Keep(irp, location);
            case Purge:
                _received.Clear();
                await FinishKept(one => one.CurrentStackLocation?.MajorFunction == IrpMajor.Read, NtStatus.Cancelled);
                return await Complete(irp, NtStatus.Success);
            case SetRts:
                foreach (var sent in plugged.Sends)
                    _received.Enqueue(sent);
                return await Complete(irp, NtStatus.Success);
            case GetModemStatus:
                return await Answer(irp, location, BitConverter.GetBytes(plugged.ModemStatus));
            case GetDtrRts:
                return await Answer(irp, location, new byte[4]);
            case GetCommStatus:
                return await Answer(irp, location, new byte[20]);
            case GetProperties:
                return await Answer(irp, location, new byte[64]);
            default:
                // Lines, breaks, queue sizes: nobody at the other end would see them.
                return await Complete(irp, NtStatus.Success);
        }
    }

    private static bool IsWait(Irp irp) => irp.CurrentStackLocation is { MajorFunction: IrpMajor.DeviceControl, IoControlCode: WaitOnMask };

    private byte[] Stored(uint set, int bytes) => _stored.GetValueOrDefault(set) ?? new byte[bytes];

    private async GuestTask<NtStatus?> Answer(Irp irp, IoStackLocation location, byte[] answer)
    {
        if (location.OutputBufferLength < answer.Length)
            return await Complete(irp, NtStatus.BufferTooSmall);
        Memory.Write(irp.SystemBuffer, answer);
        return await Complete(irp, NtStatus.Success, (ulong)answer.Length);
    }
}

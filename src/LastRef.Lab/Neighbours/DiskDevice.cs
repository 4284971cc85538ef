using System.Buffers.Binary;
using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>A disk of 16 MB: blocks that were never written are zeros.</summary>
/// <remarks>Doc: "Disk Device Control Requests", WDK reference; the codes are those of ntdddisk.h and ntddstor.h.</remarks>
internal sealed class DiskDevice(NtKernel kernel) : BusDevice(kernel)
{
    private const uint BlockBytes = 512;
    private const long DiskBytes = 16L * 1024 * 1024;
    private const uint GetDriveGeometry = 0x07_0000;
    private const uint IsWritable = 0x07_0024;
    private const uint GetLengthInfo = 0x07_405C;
    private const uint CheckVerify = 0x2D_4800;
    private const uint CheckVerify2 = 0x2D_0800;
    private const uint GetDeviceNumber = 0x2D_1080;

    private readonly Dictionary<long, byte[]> _blocks = [];

    protected override async GuestTask<NtStatus?> HandleRequest(Irp irp, IoStackLocation location)
    {
        switch (location.MajorFunction)
        {
            case IrpMajor.Read:
                return await Transfer(irp, location.ReadByteOffset, location.ReadLength, write: false);
            case IrpMajor.Write:
                return await Transfer(irp, location.WriteByteOffset, location.WriteLength, write: true);
            case IrpMajor.FlushBuffers:
                return await Complete(irp, NtStatus.Success);
            case IrpMajor.DeviceControl:
                return await Control(irp, location);
            default:
                return null;
        }
    }

    private async GuestTask<NtStatus?> Transfer(Irp irp, long offset, uint bytes, bool write)
    {
        if (offset < 0 || offset % BlockBytes != 0 || bytes % BlockBytes != 0 || offset + bytes > DiskBytes)
            return await Complete(irp, NtStatus.InvalidParameter);
        var buffer = bytes == 0 ? VirtualAddress.Null : BufferOf(irp);
        for (var done = 0u; done < bytes; done += BlockBytes)
        {
            var number = (offset + done) / BlockBytes;
            if (write)
            {
                var block = new byte[BlockBytes];
                Memory.Read(buffer + (int)done, block);
                _blocks[number] = block;
            }
            else
                Memory.Write(buffer + (int)done, _blocks.GetValueOrDefault(number) ?? new byte[BlockBytes]);
        }

        return await Complete(irp, NtStatus.Success, bytes);
    }

    private async GuestTask<NtStatus?> Control(Irp irp, IoStackLocation location)
    {
        switch (location.IoControlCode)
        {
            case GetDriveGeometry:
                // DISK_GEOMETRY: cylinders, FixedMedia, tracks a cylinder, sectors a track, bytes a sector.
                var geometry = new byte[24];
                BinaryPrimitives.WriteInt64LittleEndian(geometry, DiskBytes / (BlockBytes * 32 * 64));
                BinaryPrimitives.WriteUInt32LittleEndian(geometry.AsSpan(8), 12);
                BinaryPrimitives.WriteUInt32LittleEndian(geometry.AsSpan(12), 64);
                BinaryPrimitives.WriteUInt32LittleEndian(geometry.AsSpan(16), 32);
                BinaryPrimitives.WriteUInt32LittleEndian(geometry.AsSpan(20), BlockBytes);
                return await Answer(irp, location, geometry);
            case GetLengthInfo:
                return await Answer(irp, location, BitConverter.GetBytes(DiskBytes));
            case GetDeviceNumber:
                // STORAGE_DEVICE_NUMBER: FILE_DEVICE_DISK, number 0, no partition.
                return await Answer(irp, location, [7, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]);
            case IsWritable or CheckVerify or CheckVerify2:
                return await Complete(irp, NtStatus.Success);
            default:
                return await Complete(irp, NtStatus.InvalidDeviceRequest);
        }
    }

    private async GuestTask<NtStatus?> Answer(Irp irp, IoStackLocation location, byte[] answer)
    {
        if (location.OutputBufferLength < answer.Length)
            return await Complete(irp, NtStatus.BufferTooSmall);
        Memory.Write(irp.SystemBuffer, answer);
        return await Complete(irp, NtStatus.Success, (ulong)answer.Length);
    }
}

using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>Reading and writing.</summary>
/// <remarks>Doc: ZwReadFile, ZwWriteFile, WDK reference.</remarks>
internal sealed partial class SystemVolume
{
    private const uint WriteData = 2, AppendData = 4;

    private (NtStatus Status, ulong Information) Read(Irp irp, IoStackLocation location, FileObject fileObject, VolumeOpen open)
    {
        var (offset, length) = (location.ReadByteOffset, location.ReadLength);
        if (open.File.IsDirectory)
            return open.File.Parent is null ? throw Unsupported("reading the blocks of the system volume") : (NtStatus.InvalidDeviceRequest, 0UL);
        if (offset < 0)
            return (NtStatus.InvalidParameter, 0);
        var data = open.File.DataFor("reading");
        if (length == 0)
            return (NtStatus.Success, 0);
        if (offset >= data.Length)
            return (NtStatus.EndOfFile, 0);
        var bytes = new byte[Math.Min(length, data.Length - offset)];
        data.Read(offset, bytes);
        Memory.Write(BufferOf(irp), bytes);
        open.File.LastAccessTime = _kernel.Ke.SystemTime100ns;
        MoveOn(irp, fileObject, offset + bytes.Length);
        return (NtStatus.Success, (ulong)bytes.Length);
    }

    private (NtStatus Status, ulong Information) Write(Irp irp, IoStackLocation location, FileObject fileObject, VolumeOpen open)
    {
        // FILE_WRITE_TO_END_OF_FILE is -1 (wdm.h); a handle that may only append writes there whatever it says.
        const long endOfFile = -1;
        var (offset, length) = (location.WriteByteOffset, location.WriteLength);
        if (open.File.IsDirectory)
            return open.File.Parent is null ? throw Unsupported("writing the blocks of the system volume") : (NtStatus.InvalidDeviceRequest, 0UL);
        var data = open.File.DataFor("writing");
        if (offset == endOfFile || (open.Access & (WriteData | AppendData)) == AppendData)
            offset = data.Length;
        if (offset < 0 || offset > long.MaxValue - length)
            return (NtStatus.InvalidParameter, 0);
        if (length == 0)
            return (NtStatus.Success, 0);
        var bytes = new byte[length];
        Memory.Read(BufferOf(irp), bytes);
        data.Write(offset, bytes);
        open.File.LastWriteTime = open.File.ChangeTime = _kernel.Ke.SystemTime100ns;
        NoteSizes(open.File);
        fileObject.SetFlags(Memory, fileObject.Flags | FileObjectFlags.FileModified);
        MoveOn(irp, fileObject, offset + length);
        return (NtStatus.Success, length);
    }

    /// <summary>A synchronous file goes on behind what was transferred; paging does not move it.</summary>
    private void MoveOn(Irp irp, FileObject fileObject, long position)
    {
        if ((fileObject.Flags & FileObjectFlags.SynchronousIo) != 0 && (irp.Flags & IrpFlags.PagingIo) == 0)
            fileObject.SetCurrentByteOffset(Memory, position);
    }
}

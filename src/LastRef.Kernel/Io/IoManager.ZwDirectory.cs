using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Asking about files without or beyond a plain query: directories, attributes by name, queries by file object.</summary>
internal sealed partial class IoManager
{
    private const byte QueryDirectoryMinor = 1;
    private const byte RestartScan = 1, ReturnSingleEntry = 2;

    /// <summary>Lists a directory; the file system keeps where it stands in the file object.</summary>
    /// <remarks>IO_STACK_LOCATION.Parameters.QueryDirectory: Length, FileName, FileInformationClass, FileIndex (ntifs.h).</remarks>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwQueryDirectoryFile, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtQueryDirectoryFile", MaxIrql = Irql.Passive, Doc = "NtQueryDirectoryFile, WDK reference")]
    internal GuestTask<NtStatus> ZwQueryDirectoryFile(
        HandleValue fileHandle, HandleValue @event, VirtualAddress apcRoutine, VirtualAddress apcContext, VirtualAddress ioStatusBlock,
        VirtualAddress fileInformation, uint length, uint fileInformationClass, NtBoolean returnSingleEntry, UnicodeString? fileName,
        NtBoolean restartScan) =>
        SendForDriver(fileHandle, @event, (apcRoutine, apcContext), ioStatusBlock, (irp, location) =>
        {
            location.SetMajorFunction(Memory, IrpMajor.DirectoryControl);
            location.SetMinorFunction(Memory, QueryDirectoryMinor);
            location.SetFlags(Memory, (byte)((restartScan ? RestartScan : 0) | (returnSingleEntry ? ReturnSingleEntry : 0)));
            location.SetArgument1(Memory, length);
            location.SetArgument2(Memory, fileName?.Address.Value ?? 0);
            location.SetArgument3(Memory, fileInformationClass);
            location.SetArgument4(Memory, 0);
            var file = location.FileObject ?? throw new InvariantException("A directory query was set up without its file.");
            AttachTransferBuffer(irp, IoGetRelatedDeviceObject(file), IrpMajor.Read, fileInformation, length, userMode: false);
        });

    /// <summary>FILE_NETWORK_OPEN_INFORMATION of a file by name: it is opened for its attributes, asked and closed.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwQueryFullAttributesFile, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtQueryFullAttributesFile", MaxIrql = Irql.Passive, Doc = "NtQueryFullAttributesFile, Win32 reference")]
    internal async GuestTask<NtStatus> ZwQueryFullAttributesFile(ObjectAttributes objectAttributes, VirtualAddress fileInformation)
    {
        const uint readAttributes = 0x80, open = 1, openReparsePoint = 0x20_0000, networkOpenInformation = 34, networkOpenBytes = 56;
        const ushort shareAll = 7;
        var scratch = _kernel.Ex.NonPagedPool.Allocate(0x18, PoolTags.Object, null);
        var statusBlock = scratch + 8;
        var status = await OpenForDriver(
            new Out<HandleValue>(scratch), readAttributes, objectAttributes, new IoStatusBlock(Memory, statusBlock), 0, shareAll, open,
            openReparsePoint | OpenRequest.SynchronousIo);
        if (status.IsSuccess)
        {
            var handle = new HandleValue(Memory.ReadUInt64(scratch));
            status = await ZwQueryInformationFile(handle, statusBlock, fileInformation, networkOpenBytes, networkOpenInformation);
            await _kernel.Ob.ZwClose(handle);
        }

        _kernel.Ex.NonPagedPool.Free(scratch);
        return status;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoQueryFileInformation, ntifs.h")]
    internal GuestTask<NtStatus> IoQueryFileInformation(
        FileObject fileObject, uint fileInformationClass, uint length, VirtualAddress fileInformation, Out<uint> returnedLength) =>
        QueryByFileObject(IrpMajor.QueryInformation, fileObject, fileInformationClass, length, fileInformation, returnedLength);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoQueryVolumeInformation, ntifs.h")]
    internal GuestTask<NtStatus> IoQueryVolumeInformation(
        FileObject fileObject, uint fsInformationClass, uint length, VirtualAddress fsInformation, Out<uint> returnedLength) =>
        QueryByFileObject(IrpMajor.QueryVolumeInformation, fileObject, fsInformationClass, length, fsInformation, returnedLength);

    /// <summary>The end of a file, or FILE_IS_A_DIRECTORY.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "FsRtlGetFileSize, ntifs.h")]
    internal async GuestTask<NtStatus> FsRtlGetFileSize(FileObject fileObject, VirtualAddress fileSize)
    {
        const uint standardInformation = 5, standardBytes = 24;
        var answer = _kernel.Ex.NonPagedPool.Allocate(standardBytes, PoolTags.Io, null);
        var status = await QueryByFileObject(IrpMajor.QueryInformation, fileObject, standardInformation, standardBytes, answer, default);
        if (status.IsSuccess && Memory.ReadByte(answer + 21) != 0)
            status = NtStatus.FileIsADirectory;
        else if (status.IsSuccess)
            Memory.WriteUInt64(fileSize, Memory.ReadUInt64(answer + 8));
        _kernel.Ex.NonPagedPool.Free(answer);
        return status;
    }

    /// <summary>The lowest device of the file system's stack, below every filter.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoGetBaseFileSystemDeviceObject, ntifs.h")]
    internal DeviceObject IoGetBaseFileSystemDeviceObject(FileObject fileObject)
    {
        if (fileObject.Vpb?.DeviceObject is { } volume)
            return volume;
        var device = fileObject.DeviceObject ?? throw new TargetReadException(fileObject.DeviceObjectAddress, ReadFailure.NotMapped);
        return (fileObject.Flags & FileObjectFlags.DirectDeviceOpen) == 0 && device.Vpb?.DeviceObject is { } mounted ? mounted : device;
    }

    private async GuestTask<NtStatus> QueryByFileObject(
        IrpMajor major, FileObject file, uint informationClass, uint length, VirtualAddress buffer, Out<uint> returnedLength)
    {
        var copy = _kernel.Ex.NonPagedPool.Allocate(Math.Max(length, 1), PoolTags.Io, null);
        Memory.Clear(copy, (int)length);
        var (status, information) = await SendSynchronous(
            IoGetRelatedDeviceObject(file), NtStatus.Success,
            location =>
            {
                location.SetMajorFunction(Memory, major);
                location.SetFileObject(Memory, file);
                location.SetQueryFileLength(Memory, length);
                location.SetQueryFileInformationClass(Memory, informationClass);
            },
            prepare: irp => irp.SetSystemBuffer(Memory, copy));
        var answer = new byte[Math.Min(information, length)];
        Memory.Read(copy, answer);
        _kernel.Ex.NonPagedPool.Free(copy);
        Memory.Write(buffer, answer);
        returnedLength.SetIfGiven(Memory, (uint)answer.Length);
        return status;
    }
}

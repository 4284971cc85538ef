using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Opening and using files as drivers do through the Zw routines.</summary>
internal sealed partial class IoManager
{
    private const uint FileFsDeviceInformation = 4;
    private const uint FilePositionInformation = 14;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.17", Missing = "extended attributes")]
    [KernelExport("ntoskrnl.exe", Name = "NtCreateFile", MaxIrql = Irql.Passive, Spec = "U-6.17")]
    internal GuestTask<NtStatus> ZwCreateFile(
        Out<HandleValue> fileHandle, uint desiredAccess, ObjectAttributes objectAttributes, IoStatusBlock ioStatusBlock, VirtualAddress allocationSize,
        uint fileAttributes, uint shareAccess, uint createDisposition, uint createOptions, VirtualAddress eaBuffer, uint eaLength)
    {
        if (eaLength != 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "ZwCreateFile with extended attributes");
        return OpenForDriver(
            fileHandle, desiredAccess, objectAttributes, ioStatusBlock, (ushort)fileAttributes, (ushort)shareAccess, createDisposition, createOptions);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.17")]
    [KernelExport("ntoskrnl.exe", Name = "NtOpenFile", MaxIrql = Irql.Passive, Spec = "U-6.17")]
    internal GuestTask<NtStatus> ZwOpenFile(
        Out<HandleValue> fileHandle, uint desiredAccess, ObjectAttributes objectAttributes, IoStatusBlock ioStatusBlock, uint shareAccess, uint openOptions)
    {
        const uint open = 1;
        return OpenForDriver(fileHandle, desiredAccess, objectAttributes, ioStatusBlock, 0, (ushort)shareAccess, open, openOptions);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.17", Missing = "extended attributes; pipes and mailslots")]
    internal GuestTask<NtStatus> IoCreateFile(
        Out<HandleValue> fileHandle, uint desiredAccess, ObjectAttributes objectAttributes, IoStatusBlock ioStatusBlock, VirtualAddress allocationSize,
        uint fileAttributes, uint shareAccess, uint disposition, uint createOptions, VirtualAddress eaBuffer, uint eaLength,
        uint createFileType, VirtualAddress extraCreateParameters, uint options)
    {
        if (eaLength != 0 || createFileType != 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "IoCreateFile with extended attributes, or of a pipe or mailslot");
        return OpenForDriver(
            fileHandle, desiredAccess, objectAttributes, ioStatusBlock, (ushort)fileAttributes, (ushort)shareAccess, disposition, createOptions);
    }

    /// <summary>Opens what is named, to be deleted by its close, and closes it.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwDeleteFile, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtDeleteFile", MaxIrql = Irql.Passive, Doc = "NtDeleteFile, ntifs.h")]
    internal async GuestTask<NtStatus> ZwDeleteFile(ObjectAttributes objectAttributes)
    {
        const uint delete = 0x1_0000, open = 1, deleteOnClose = 0x1000;
        const ushort shareAll = 7;
        var scratch = _kernel.Ex.NonPagedPool.Allocate(0x18, PoolTags.Object, null);
        var status = await OpenForDriver(
            new Out<HandleValue>(scratch), delete, objectAttributes, new IoStatusBlock(Memory, scratch + 8), 0, shareAll, open, deleteOnClose);
        if (status.IsSuccess)
            status = await _kernel.Ob.ZwClose(new HandleValue(Memory.ReadUInt64(scratch)));
        _kernel.Ex.NonPagedPool.Free(scratch);
        return status;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwReadFile, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtReadFile", MaxIrql = Irql.Passive, Doc = "NtReadFile, WDK reference")]
    internal GuestTask<NtStatus> ZwReadFile(
        HandleValue fileHandle, HandleValue @event, VirtualAddress apcRoutine, VirtualAddress apcContext, VirtualAddress ioStatusBlock,
        VirtualAddress buffer, uint length, VirtualAddress byteOffset, VirtualAddress key) =>
        TransferForDriver(IrpMajor.Read, fileHandle, @event, (apcRoutine, apcContext), ioStatusBlock, buffer, length, byteOffset, key);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwWriteFile, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtWriteFile", MaxIrql = Irql.Passive, Doc = "NtWriteFile, WDK reference")]
    internal GuestTask<NtStatus> ZwWriteFile(
        HandleValue fileHandle, HandleValue @event, VirtualAddress apcRoutine, VirtualAddress apcContext, VirtualAddress ioStatusBlock,
        VirtualAddress buffer, uint length, VirtualAddress byteOffset, VirtualAddress key) =>
        TransferForDriver(IrpMajor.Write, fileHandle, @event, (apcRoutine, apcContext), ioStatusBlock, buffer, length, byteOffset, key);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwDeviceIoControlFile, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtDeviceIoControlFile", MaxIrql = Irql.Passive, Doc = "NtDeviceIoControlFile, WDK reference")]
    internal GuestTask<NtStatus> ZwDeviceIoControlFile(
        HandleValue fileHandle, HandleValue @event, VirtualAddress apcRoutine, VirtualAddress apcContext, VirtualAddress ioStatusBlock,
        uint ioControlCode, VirtualAddress inputBuffer, uint inputBufferLength, VirtualAddress outputBuffer, uint outputBufferLength) =>
        ControlForDriver(
            IrpMajor.DeviceControl, fileHandle, @event, (apcRoutine, apcContext), ioStatusBlock, ioControlCode,
            inputBuffer, inputBufferLength, outputBuffer, outputBufferLength);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwFsControlFile, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtFsControlFile", MaxIrql = Irql.Passive, Doc = "NtFsControlFile, WDK reference")]
    internal GuestTask<NtStatus> ZwFsControlFile(
        HandleValue fileHandle, HandleValue @event, VirtualAddress apcRoutine, VirtualAddress apcContext, VirtualAddress ioStatusBlock,
        uint fsControlCode, VirtualAddress inputBuffer, uint inputBufferLength, VirtualAddress outputBuffer, uint outputBufferLength) =>
        ControlForDriver(
            IrpMajor.FileSystemControl, fileHandle, @event, (apcRoutine, apcContext), ioStatusBlock, fsControlCode,
            inputBuffer, inputBufferLength, outputBuffer, outputBufferLength);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwFlushBuffersFile, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtFlushBuffersFile", MaxIrql = Irql.Passive, Doc = "NtFlushBuffersFile, WDK reference")]
    internal GuestTask<NtStatus> ZwFlushBuffersFile(HandleValue fileHandle, VirtualAddress ioStatusBlock) =>
        SendForDriver(fileHandle, default, default, ioStatusBlock, (_, location) => location.SetMajorFunction(Memory, IrpMajor.FlushBuffers));

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwQueryInformationFile, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtQueryInformationFile", MaxIrql = Irql.Passive, Doc = "NtQueryInformationFile, WDK reference")]
    internal GuestTask<NtStatus> ZwQueryInformationFile(
        HandleValue fileHandle, VirtualAddress ioStatusBlock, VirtualAddress fileInformation, uint length, uint fileInformationClass)
    {
        if (fileInformationClass == FilePositionInformation && SynchronousFile(fileHandle) is { } file)
            return GuestTask.FromResult(AnswerPosition(file, ioStatusBlock, fileInformation, length));
        return SendForDriver(fileHandle, default, default, ioStatusBlock, (irp, location) =>
        {
            location.SetMajorFunction(Memory, IrpMajor.QueryInformation);
            SetUpQuery(irp, location, fileInformation, length, fileInformationClass, isQuery: true);
        });
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwSetInformationFile, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtSetInformationFile", MaxIrql = Irql.Passive, Doc = "NtSetInformationFile, WDK reference")]
    internal GuestTask<NtStatus> ZwSetInformationFile(
        HandleValue fileHandle, VirtualAddress ioStatusBlock, VirtualAddress fileInformation, uint length, uint fileInformationClass)
    {
        if (fileInformationClass == FilePositionInformation && SynchronousFile(fileHandle) is { } file)
        {
            if (length < 8)
                return GuestTask.FromResult(NtStatus.InfoLengthMismatch);
            file.SetCurrentByteOffset(Memory, (long)Memory.ReadUInt64(fileInformation));
            WriteResult(ioStatusBlock, NtStatus.Success, 0);
            return GuestTask.FromResult(NtStatus.Success);
        }

        return SendForDriver(fileHandle, default, default, ioStatusBlock, (irp, location) =>
        {
            location.SetMajorFunction(Memory, IrpMajor.SetInformation);
            SetUpQuery(irp, location, fileInformation, length, fileInformationClass, isQuery: false);
        });
    }

    /// <summary>The device information comes from the device object itself, everything else from its driver.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwQueryVolumeInformationFile, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtQueryVolumeInformationFile", MaxIrql = Irql.Passive, Doc = "NtQueryVolumeInformationFile, WDK reference")]
    internal GuestTask<NtStatus> ZwQueryVolumeInformationFile(
        HandleValue fileHandle, VirtualAddress ioStatusBlock, VirtualAddress fsInformation, uint length, uint fsInformationClass)
    {
        if (fsInformationClass == FileFsDeviceInformation && FileOf(fileHandle) is { DeviceObject: { } device })
        {
            if (length < 8)
                return GuestTask.FromResult(NtStatus.InfoLengthMismatch);
            Memory.WriteUInt32(fsInformation, (uint)device.DeviceType);
            Memory.WriteUInt32(fsInformation + 4, (uint)device.Characteristics);
            WriteResult(ioStatusBlock, NtStatus.Success, 8);
            return GuestTask.FromResult(NtStatus.Success);
        }

        return SendForDriver(fileHandle, default, default, ioStatusBlock, (irp, location) =>
        {
            location.SetMajorFunction(Memory, IrpMajor.QueryVolumeInformation);
            SetUpQuery(irp, location, fsInformation, length, fsInformationClass, isQuery: true);
        });
    }

    private async GuestTask<NtStatus> OpenForDriver(
        Out<HandleValue> handle, uint access, ObjectAttributes attributes, IoStatusBlock statusBlock, ushort fileAttributes,
        ushort share, uint disposition, uint options)
    {
        var thread = _kernel.CurrentThread;
        var request = new OpenRequest
        {
            Path = attributes.ObjectName?.ToText() ?? "", Process = thread.Process, DesiredAccess = access, FileAttributes = fileAttributes,
            ShareAccess = share, Disposition = disposition, Options = options,
            KernelHandle = ((ObjectAttributeFlags)attributes.Attributes & ObjectAttributeFlags.KernelHandle) != 0,
        };
        if (!attributes.RootDirectory.IsNull)
        {
            if (_kernel.Ob.FindHandle(thread.Process, attributes.RootDirectory) is not { } root)
                return NtStatus.InvalidHandle;
            request = _kernel.Ob.KindOf(root.Body) == ObjectKind.File ? request with { Related = root.Body } : request with { RootDirectory = root.Body };
        }

        var result = await Open(request);
        if (result.Status.IsSuccess)
        {
            handle.Set(Memory, result.Handle);
            if (_openers.ContainsKey(result.File))
                _kernel.Record(new RegistrationRecord(RegistrationKind.FileHandle, true, result.File, VirtualAddress.Null, VirtualAddress.Null));
        }

        statusBlock.SetStatus(Memory, result.Status);
        statusBlock.SetInformation(Memory, result.Information);
        return result.Status;
    }

    private GuestTask<NtStatus> TransferForDriver(
        IrpMajor major, HandleValue handle, HandleValue @event, (VirtualAddress Routine, VirtualAddress Context) apc, VirtualAddress statusBlock, VirtualAddress buffer, uint length,
        VirtualAddress byteOffset, VirtualAddress key)
    {
        // FILE_USE_FILE_POINTER_POSITION is -2 (wdm.h); a synchronous file goes on where it is.
        const long useFilePointer = -2;
        var file = FileOf(handle);
        var asked = byteOffset.IsNull ? useFilePointer : (long)Memory.ReadUInt64(byteOffset);
        if (asked == useFilePointer && (file is not { } open || (open.Flags & FileObjectFlags.SynchronousIo) == 0))
            return GuestTask.FromResult(file is null ? NtStatus.InvalidHandle : NtStatus.InvalidParameter);
        var offset = asked == useFilePointer ? file!.Value.CurrentByteOffset : asked;
        return SendForDriver(
            handle, @event, apc, statusBlock, (irp, location) => SetUpTransfer(irp, location, major, buffer, length, offset, userMode: false));
    }

    private GuestTask<NtStatus> ControlForDriver(
        IrpMajor major, HandleValue handle, HandleValue @event, (VirtualAddress Routine, VirtualAddress Context) apc, VirtualAddress statusBlock, uint code,
        VirtualAddress input, uint inputBytes, VirtualAddress output, uint outputBytes) =>
        SendForDriver(handle, @event, apc, statusBlock, (irp, location) =>
        {
            location.SetMajorFunction(Memory, major);
            AttachControlBuffers(irp, location, code, input, inputBytes, output, outputBytes, userMode: false);
        });

    private GuestTask<NtStatus> SendForDriver(
        HandleValue handle, HandleValue @event, (VirtualAddress Routine, VirtualAddress Context) apc, VirtualAddress statusBlock, Action<Irp, IoStackLocation> setup)
    {
        var thread = _kernel.CurrentThread;
        var eventBody = VirtualAddress.Null;
        if (!@event.IsNull)
        {
            if (_kernel.Ob.FindHandle(thread.Process, @event) is not { } open)
                return GuestTask.FromResult(NtStatus.InvalidHandle);
            if (_kernel.Ob.KindOf(open.Body) != ObjectKind.Event)
                return GuestTask.FromResult(NtStatus.ObjectTypeMismatch);
            eventBody = open.Body;
        }

        return SendThroughHandle(thread.Process, handle, statusBlock, eventBody, userMode: false, setup, apc);
    }

    /// <summary>A request whose answer comes back through a system buffer of the caller's length.</summary>
    private void SetUpQuery(Irp irp, IoStackLocation location, VirtualAddress buffer, uint length, uint informationClass, bool isQuery)
    {
        location.SetQueryFileLength(Memory, length);
        location.SetQueryFileInformationClass(Memory, informationClass);
        if (length == 0)
            return;
        irp.SetUserBuffer(Memory, buffer);
        irp.SetSystemBuffer(Memory, SystemCopy(length, buffer, isQuery ? 0 : length));
        irp.SetFlags(
            Memory, irp.Flags | IrpFlags.BufferedIo | IrpFlags.DeallocateBuffer | (isQuery ? IrpFlags.InputOperation : IrpFlags.None));
    }

    private NtStatus AnswerPosition(FileObject file, VirtualAddress statusBlock, VirtualAddress buffer, uint length)
    {
        if (length < 8)
            return NtStatus.InfoLengthMismatch;
        Memory.WriteUInt64(buffer, (ulong)file.CurrentByteOffset);
        WriteResult(statusBlock, NtStatus.Success, 8);
        return NtStatus.Success;
    }

    private void WriteResult(VirtualAddress statusBlock, NtStatus status, ulong information)
    {
        var block = new IoStatusBlock(Memory, statusBlock);
        block.SetStatus(Memory, status);
        block.SetInformation(Memory, information);
    }

    private FileObject? FileOf(HandleValue handle) =>
        _kernel.Ob.FindHandle(_kernel.CurrentThread.Process, handle) is { } open && _kernel.Ob.KindOf(open.Body) == ObjectKind.File
            ? new FileObject(Memory, open.Body)
            : null;

    private FileObject? SynchronousFile(HandleValue handle) =>
        FileOf(handle) is { } file && (file.Flags & FileObjectFlags.SynchronousIo) != 0 ? file : null;
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The end of file objects (U-3.73), and routines that work on them.</summary>
internal sealed partial class IoManager
{
    private const uint AllFileAccess = 0x001F_01FF;

    private void BootFiles()
    {
        _kernel.Ob.OnClose(ObjectKind.File, CloseFile);
        _kernel.Ob.OnDelete(ObjectKind.File, DeleteFile);
    }

    /// <summary>The top of the stack that requests to a file go to; takes no reference (U-1.20).</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-1.20 U-6.13")]
    internal DeviceObject IoGetRelatedDeviceObject(FileObject fileObject)
    {
        if (fileObject.Vpb?.DeviceObject is { } volume)
            return IoGetAttachedDevice(volume);
        var device = fileObject.DeviceObject ?? throw new TargetReadException(fileObject.DeviceObjectAddress, ReadFailure.NotMapped);
        return (fileObject.Flags & FileObjectFlags.DirectDeviceOpen) == 0 && device.Vpb?.DeviceObject is { } mounted
            ? IoGetAttachedDevice(mounted)
            : IoGetAttachedDevice(device);
    }

    /// <summary>Finds the top of a named device's stack; what holds it is the file object, not the device.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-3.77 U-6.5")]
    internal async GuestTask<NtStatus> IoGetDeviceObjectPointer(
        UnicodeString objectName, uint desiredAccess, Out<FileObject> fileObject, Out<DeviceObject> deviceObject)
    {
        var (status, file, top) = await OpenDeviceObject(objectName.ToText(), desiredAccess, attach: false);
        if (!status.IsSuccess)
            return status;
        fileObject.Set(Memory, new FileObject(Memory, file));
        deviceObject.Set(Memory, top);
        return status;
    }

    /// <summary>A file object for a file system's own metadata; it counts as an open of the storage device.</summary>
    /// <remarks>Windows makes a handle and closes it at once, so that the file system sees IRP_MJ_CLEANUP (Doc: IoCreateStreamFileObject).</remarks>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.18")]
    internal async GuestTask<VirtualAddress> IoCreateStreamFileObject(FileObject? fileObject, DeviceObject? deviceObject)
    {
        var file = CreateStreamFile(fileObject, deviceObject);
        file.SetFlags(Memory, file.Flags | FileObjectFlags.HandleCreated);
        var process = _kernel.Ps.SystemProcess;
        var handle = _kernel.Ob.CreateHandle(process, file.Address, AllFileAccess, kernelHandle: true);
        await _kernel.Ob.CloseHandle(process, handle);
        return file.Address;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.18")]
    internal FileObject IoCreateStreamFileObjectEx(FileObject? fileObject, DeviceObject? deviceObject, Out<HandleValue> fileObjectHandle)
    {
        var file = CreateStreamFile(fileObject, deviceObject);
        if (fileObjectHandle.IsNull)
            return file;
        file.SetFlags(Memory, file.Flags | FileObjectFlags.HandleCreated);
        fileObjectHandle.Set(Memory, _kernel.Ob.CreateHandle(_kernel.Ps.SystemProcess, file.Address, AllFileAccess, kernelHandle: true));
        return file;
    }

    /// <summary>The form without a handle: no cleanup is sent.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.18")]
    internal FileObject IoCreateStreamFileObjectLite(FileObject? fileObject, DeviceObject? deviceObject)
    {
        var file = CreateStreamFile(fileObject, deviceObject);
        file.SetFlags(Memory, file.Flags | FileObjectFlags.CleanupComplete);
        return file;
    }

    /// <summary>The last handle of a file is closed: IRP_MJ_CLEANUP (U-3.73). Earlier ones do nothing.</summary>
    private GuestTask CloseFile(VirtualAddress body, VirtualAddress process, long handlesLeft)
    {
        if (handlesLeft != 0)
            return GuestTask.CompletedTask;
        if (_openers.ContainsKey(body))
            _kernel.Record(new RegistrationRecord(RegistrationKind.FileHandle, false, body, VirtualAddress.Null, VirtualAddress.Null));
        return SendCleanup(new FileObject(Memory, body));
    }

    private async GuestTask SendCleanup(FileObject file)
    {
        if (file.DeviceObject is null || (file.Flags & FileObjectFlags.CleanupComplete) != 0)
            return;
        await SendFileSystemRequest(
            IoGetRelatedDeviceObject(file), file, IrpFlags.SynchronousApi | IrpFlags.CloseOperation, userMode: false,
            location => location.SetMajorFunction(Memory, IrpMajor.Cleanup));
        file.SetFlags(Memory, file.Flags | FileObjectFlags.CleanupComplete);
    }

    /// <summary>The last reference of a file is gone: IRP_MJ_CLOSE, then the device's Io count (U-3.73).</summary>
    private async GuestTask DeleteFile(VirtualAddress body)
    {
        var file = new FileObject(Memory, body);
        _openers.Remove(body);
        if (file.DeviceObject is { } device)
        {
            if ((file.Flags & FileObjectFlags.HandleCreated) == 0)
                await SendCleanup(file);

            // The open no more counts when its file system sees the close: a volume may dismount in it.
            if (file.Vpb is { } vpb && (file.Flags & FileObjectFlags.DirectDeviceOpen) == 0)
                ChangeVolumeCount(vpb, -1, OpenCause(file), body);
            var top = IoGetRelatedDeviceObject(file);
            var isCountedBefore = (device.Flags & DeviceFlags.NeverLastDevice) != 0;
            if (isCountedBefore)
                ChangeIoCount(device, -1, OpenCause(file), body);
            await SendFileSystemRequest(
                top, file, IrpFlags.SynchronousApi | IrpFlags.CloseOperation, userMode: false,
                location => location.SetMajorFunction(Memory, IrpMajor.Close));
            if (!isCountedBefore)
                ChangeIoCount(device, -1, OpenCause(file), body);
            await CompletePending(device);
        }

        if (!file.FileName.Buffer.IsNull)
            _kernel.Ex.NonPagedPool.Free(file.FileName.Buffer);
        if (file.RelatedFileObject is { } related)
            await _kernel.Ob.Dereference(related.Address, ReferenceCause.FileOpen, body);
    }

    private static ReferenceCause OpenCause(FileObject file) =>
        (file.Flags & FileObjectFlags.StreamFile) != 0 ? ReferenceCause.StreamFile : ReferenceCause.FileOpen;

    private FileObject CreateStreamFile(FileObject? like, DeviceObject? storage)
    {
        var device = like?.DeviceObject ?? storage
            ?? throw MachineStopException.Unsupported(UnsupportedKind.Case, "IoCreateStreamFileObject without a file and without a device");
        var file = NewFileObject(device, ReferenceCause.StreamFile);
        file.SetFlags(Memory, FileObjectFlags.StreamFile);
        if (like?.Vpb is { } vpb)
            file.SetVpb(Memory, vpb);
        ChangeIoCount(device, +1, ReferenceCause.StreamFile, file.Address);
        if (device.Vpb is { } counted)
            ChangeVolumeCount(counted, +1, ReferenceCause.StreamFile, file.Address);
        return file;
    }
}

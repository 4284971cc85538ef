using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Opens by name (spec 3.7).</summary>
internal sealed partial class IoManager
{
    private const short FileType = 5;

    /// <summary>Opens a device or a file on it and gives the process a handle.</summary>
    /// <remarks>U-3.70 to U-3.72. Access is not checked against security descriptors.</remarks>
    public async GuestTask<OpenResult> Open(OpenRequest request)
    {
        var (status, named, remaining) = FindDevice(request);
        if (named is not { } device)
            return new OpenResult(status, default, default, 0);
        status = RefuseOpen(device, request);
        if (!status.IsSuccess)
            return new OpenResult(status, default, default, 0);

        var file = CreateFileObject(device, remaining, request);
        ChangeIoCount(device, +1, ReferenceCause.FileOpen, file.Address);
        var access = MapAccess(request.DesiredAccess);
        (status, var vpb) = await ReferenceVolume(device, file, request, remaining);
        var information = 0UL;
        if (status.IsSuccess)
        {
            (status, information) = await SendCreate(vpb?.DeviceObject, file, request, access);
            if (status == NtStatus.Reparse)
                throw MachineStopException.Unsupported(UnsupportedKind.Case, "an open that a driver answers with STATUS_REPARSE");
        }

        if (!status.IsSuccess)
        {
            // U-3.72: no CLEANUP and no CLOSE for an open that failed.
            file.SetDeviceObject(Memory, null);
            if (vpb is { } mounted)
                DereferenceVolume(mounted, file);
            await _kernel.Ob.Dereference(file.Address, ReferenceCause.Creation);
            ChangeIoCount(device, -1, ReferenceCause.FileOpen, file.Address);
            await CompletePending(device);
            return new OpenResult(status, default, default, information);
        }

        NoteVolumeOpen(file);
        if (!_kernel.Ps.IsRunning(request.Process))
        {
            // The process ended while the driver worked on its open: nobody is left to get a handle, so the file is cleaned up and closed.
            await _kernel.Ob.Dereference(file.Address, ReferenceCause.Creation);
            return new OpenResult(NtStatus.ProcessIsTerminating, default, default, information);
        }

        file.SetFlags(Memory, file.Flags | FileObjectFlags.FileOpen | FileObjectFlags.HandleCreated);
        var handle = _kernel.Ob.CreateHandle(request.Process, file.Address, access, request.KernelHandle);
        await _kernel.Ob.Dereference(file.Address, ReferenceCause.Creation);
        return new OpenResult(status, handle, file.Address, information);
    }

    /// <summary>Opens by name and keeps the file object, not the handle: the driver sees CREATE and CLEANUP (U-3.77).</summary>
    /// <returns>On success a referenced file object and the top of the named device's stack, not referenced.</returns>
    internal async GuestTask<(NtStatus Status, VirtualAddress File, DeviceObject? Top)> OpenDeviceObject(string path, uint desiredAccess, bool attach)
    {
        const uint nonDirectory = 0x40;
        var process = _kernel.Ps.SystemProcess;
        var opened = await Open(new OpenRequest
        {
            Path = path, Process = process, DesiredAccess = desiredAccess, Options = attach ? 0 : nonDirectory, KernelHandle = true, Attach = attach,
        });
        if (!opened.Status.IsSuccess)
            return (opened.Status, default, null);
        _kernel.Ob.Reference(opened.File, ReferenceCause.DeviceObjectPointer);
        await _kernel.Ob.CloseHandle(process, opened.Handle);
        return (opened.Status, opened.File, IoGetRelatedDeviceObject(new FileObject(Memory, opened.File)));
    }

    /// <summary>The device a path names, and what follows its name.</summary>
    private (NtStatus Status, DeviceObject? Device, string Remaining) FindDevice(OpenRequest request)
    {
        if (!request.Related.IsNull)
        {
            var related = new FileObject(Memory, request.Related);
            return related.DeviceObject is { } relatedDevice
                ? (NtStatus.Success, relatedDevice, request.Path)
                : (NtStatus.InvalidParameter, null, "");
        }

        var found = _kernel.Ob.Lookup(request.Path, rootDirectory: request.RootDirectory);
        if (found.Object.IsNull)
            return (found.Status, null, "");
        return _kernel.Ob.KindOf(found.Object) == ObjectKind.Device
            ? (NtStatus.Success, new DeviceObject(Memory, found.Object), found.Remaining)
            : (NtStatus.ObjectTypeMismatch, null, "");
    }

    /// <summary>U-3.70, U-3.71.</summary>
    private static NtStatus RefuseOpen(DeviceObject device, OpenRequest request)
    {
        if ((ExtensionFlagsOf(device) & Leaving) != 0 || (device.Flags & DeviceFlags.DeviceInitializing) != 0)
            return NtStatus.NoSuchDevice;
        var isExclusive = (device.Flags & DeviceFlags.Exclusive) != 0;
        if (isExclusive && device.ReferenceCount != 0 && request.Related.IsNull && !request.Attach)
            return NtStatus.AccessDenied;
        return NtStatus.Success;
    }

    private FileObject CreateFileObject(DeviceObject device, string remaining, OpenRequest request)
    {
        var file = NewFileObject(device, ReferenceCause.Creation);
        if (request.UserMode)
            _kernel.Ob.MarkOfUserMode(file.Address);
        if (remaining.Length > 0)
            _kernel.Rtl.WriteString(file.FileName, remaining, PoolTags.ObjectName);
        if (!request.Related.IsNull)
        {
            _kernel.Ob.Reference(request.Related, ReferenceCause.FileOpen, file.Address);
            file.SetRelatedFileObject(Memory, new FileObject(Memory, request.Related));
        }

        const uint synchronousMask = 0x30;
        var flags = (request.Options & synchronousMask) != 0 ? FileObjectFlags.SynchronousIo : FileObjectFlags.None;
        const uint alert = 0x10;
        if ((request.Options & alert) != 0)
            flags |= FileObjectFlags.AlertableIo;
        if (IsDirectOpen(request, remaining))
            flags |= FileObjectFlags.DirectDeviceOpen;
        file.SetFlags(Memory, flags);
        return file;
    }

    /// <summary>Images whose code made a file object that is alive, by file object.</summary>
    private readonly Dictionary<VirtualAddress, string> _openers = [];

    /// <summary>The image whose code opened a file; null for an application's open.</summary>
    public string? OpenerOf(VirtualAddress file) => _openers.GetValueOrDefault(file);

    /// <summary>A file object with its events and lists initialised and the reference of its creation.</summary>
    private FileObject NewFileObject(DeviceObject device, ReferenceCause cause)
    {
        var bytes = FileObject.SizeOf(Memory.Layout);
        var file = new FileObject(Memory, _kernel.Ob.Create(ObjectKind.File, (ulong)bytes, PoolTags.File, cause));
        if (_kernel.Images.DriverStack() is [{ Module: { } module }, ..])
            _openers[file.Address] = module;
        file.SetType(Memory, FileType);
        file.SetSize(Memory, (short)bytes);
        file.SetDeviceObject(Memory, device);
        _kernel.Ke.InitializeEvent(file.Event.Address, synchronization: false, signalled: false);
        _kernel.Ke.InitializeEvent(file.Lock.Address, synchronization: true, signalled: false);
        _kernel.Ke.InitializeList(file.IrpList.Address);
        return file;
    }

    private async GuestTask<(NtStatus Status, ulong Information)> SendCreate(DeviceObject? volume, FileObject file, OpenRequest request, uint access)
    {
        var top = volume is { } mounted ? IoGetAttachedDevice(mounted) : IoGetRelatedDeviceObject(file);
        var security = _kernel.Ex.NonPagedPool.Allocate(
            (ulong)(IoSecurityContext.SizeOf(Memory.Layout) + AccessState.SizeOf(Memory.Layout) + 8), PoolTags.Io, null);
        var context = new IoSecurityContext(Memory, security);
        var state = new AccessState(Memory, security + ((IoSecurityContext.SizeOf(Memory.Layout) + 7) & ~7));
        context.SetAccessState(Memory, state);
        context.SetDesiredAccess(Memory, access);
        context.SetFullCreateOptions(Memory, request.Options);
        state.SetOriginalDesiredAccess(Memory, access);
        state.SetPreviouslyGrantedAccess(Memory, access);
        state.SetPrimaryToken(Memory, new VirtualAddress(new EProcess(Memory, request.Process).Token & ~0xFUL));
        var result = await SendFileSystemRequest(top, file, IrpFlags.CreateOperation | IrpFlags.SynchronousApi, request.UserMode, location =>
        {
            location.SetMajorFunction(Memory, IrpMajor.Create);
            location.SetCreateSecurityContext(Memory, context.Address);
            location.SetCreateOptions(Memory, (request.Disposition << 24) | (request.Options & 0x00FF_FFFF));
            location.SetCreateFileAttributes(Memory, request.FileAttributes);
            location.SetCreateShareAccess(Memory, request.ShareAccess);
        });
        _kernel.Ex.NonPagedPool.Free(security);
        return result;
    }

    /// <summary>A create, cleanup or close request: no reference on the file, the sender waits and frees.</summary>
    /// <remarks>The flag of a close operation makes completion set the event and the status block, and nothing else (wdm.h, IRP_CLOSE_OPERATION).</remarks>
    private async GuestTask<(NtStatus Status, ulong Information)> SendFileSystemRequest(
        DeviceObject top, FileObject file, IrpFlags flags, bool userMode, Action<IoStackLocation> setup)
    {
        var irp = AllocateIrp(top.StackSize);
        irp.SetFlags(Memory, flags);
        irp.SetRequestorMode(Memory, userMode ? (sbyte)UserMode : (sbyte)0);
        irp.SetThread(Memory, new EThread(Memory, _kernel.CurrentThread.Address));
        irp.SetOriginalFileObject(Memory, file);
        var done = _kernel.Ke.CreateEvent(synchronization: false);
        var statusBlock = VirtualAddress.Null;
        var location = NextLocation(irp);
        setup(location);
        location.SetFileObject(Memory, file);
        if ((flags & IrpFlags.CloseOperation) != 0)
        {
            statusBlock = _kernel.Ex.NonPagedPool.Allocate((ulong)IoStatusBlock.SizeOf(Memory.Layout), PoolTags.Io, null);
            irp.SetUserIosb(Memory, statusBlock);
            irp.SetUserEvent(Memory, new KEvent(Memory, done));
        }
        else
        {
            location.SetCompletionRoutine(Memory, SignalCompletion);
            location.SetContext(Memory, done);
            location.SetControl(Memory, InvokeAlways);
        }

        if (await IofCallDriver(top, irp) == NtStatus.Pending)
            await _kernel.Ke.WaitFor(WaitSubject.Request, irp.Address, done);
        var result = (irp.IoStatus.Status, irp.IoStatus.Information);
        FreeIrp(irp);
        if (!statusBlock.IsNull)
            _kernel.Ex.NonPagedPool.Free(statusBlock);
        _kernel.Ke.DeleteEvent(done);
        return result;
    }

    /// <summary>Generic rights as the rights of files (Doc: "File Security and Access Rights"; IoGetFileObjectGenericMapping).</summary>
    internal static uint MapAccess(uint access)
    {
        const uint all = 0x001F_01FF;
        var mapped = access & 0x01FF_FFFF;
        if ((access & 0x8000_0000) != 0)
            mapped |= 0x0012_0089;
        if ((access & 0x4000_0000) != 0)
            mapped |= 0x0012_0116;
        if ((access & 0x2000_0000) != 0)
            mapped |= 0x0012_00A0;
        return (access & 0x1200_0000) != 0 ? mapped | all : mapped;
    }
}

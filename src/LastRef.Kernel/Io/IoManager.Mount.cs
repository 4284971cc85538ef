using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Mounting: the registered file systems are asked in turn, RAW as the last.</summary>
/// <remarks>Doc: "IRP_MJ_FILE_SYSTEM_CONTROL (FS and filter drivers)", "Mounting a volume", IoRegisterFileSystem, WDK; what takes which count is inferred [R].</remarks>
internal sealed partial class IoManager
{
    private const byte MountVolumeRequest = 1;
    private const byte VerifyVolumeRequest = 2;
    private const byte LoadFileSystemRequest = 3;

    /// <summary>SL_ALLOW_RAW_MOUNT of IO_STACK_LOCATION.Flags (wdm.h).</summary>
    private const byte AllowRawMount = 1;

    private RawFileSystem? _raw;

    /// <summary>Finds the file system of a storage device's medium.</summary>
    /// <param name="allowRaw">Whether RAW may have it: the volume itself is opened, not a file on it.</param>
    /// <param name="isLocked">Whether the caller has the device's lock.</param>
    /// <param name="opener">The open that mounts; the new volume counts it.</param>
    /// <returns>The block, counted once, of a volume that this call mounted; null when another did.</returns>
    private async GuestTask<(NtStatus Status, Vpb? Vpb)> MountVolume(DeviceObject device, bool allowRaw, bool isLocked, FileObject? opener = null)
    {
        if (!isLocked)
            await _kernel.Ke.Wait(device.DeviceLock.Address);
        _kernel.Ke.KeEnterCriticalRegion();
        var flags = device.Vpb?.Flags ?? throw new TargetReadException(device.VpbAddress, ReadFailure.NotMapped);
        (NtStatus Status, Vpb? Vpb) result = (NtStatus.Success, null);
        if ((flags & VpbFlags.RemovePending) != 0)
            result.Status = NtStatus.DeviceDoesNotExist;
        else if ((flags & VpbFlags.Mounted) == 0)
        {
            device.SetFlags(Memory, device.Flags & ~DeviceFlags.VerifyVolume);
            var top = IoGetAttachedDevice(device);
            _kernel.Ob.Reference(top.Address, ReferenceCause.VolumeMount, device.Vpb.Value.Address);
            result = await AskFileSystems(device, top, allowRaw, opener);
            if (!result.Status.IsSuccess)
                await _kernel.Ob.Dereference(top.Address, ReferenceCause.VolumeMount, device.Vpb.Value.Address);
        }

        _kernel.Ke.KeLeaveCriticalRegion();
        if (!isLocked)
            _kernel.Ke.Signal(device.DeviceLock.Address, 1);
        return result;
    }

    private async GuestTask<(NtStatus Status, Vpb? Vpb)> AskFileSystems(DeviceObject device, DeviceObject top, bool allowRaw, FileObject? opener)
    {
        var status = NtStatus.Unsuccessful;
        var list = await FileSystemsFor(device.DeviceType);
        for (var next = 0; next < list.Count; next++)
        {
            var isLast = next == list.Count - 1;
            if (isLast && !allowRaw && list.Count > 1)
                break;
            if (!isLast && (device.Vpb!.Value.Flags & VpbFlags.RawMount) != 0)
                continue;
            var changes = _fileSystemChanges;
            var asked = IoGetAttachedDevice(list[next]);

            // The request may be handed on from the file system to the storage stack.
            ChangeIoCount(device, +1, ReferenceCause.VolumeMount, list[next].Address);
            var levels = top.StackSize + list[next].DevicesAbove(StackLimit).Items.Count + 1;
            (status, var information) = await SendMountRequest(asked, (sbyte)levels, MountVolumeRequest, device.Vpb!.Value, top, allowRaw);
            ChangeIoCount(device, -1, ReferenceCause.VolumeMount, list[next].Address);
            await CompletePending(device);
            if (status.IsSuccess)
                return (status, MarkMounted(device, top, opener));
            if (IsUserInduced(status) && information == 1)
                break;
            if (status == NtStatus.FsDriverRequired)
                await LoadFileSystem(list[next]);
            if (status == NtStatus.FsDriverRequired || changes != _fileSystemChanges)
            {
                // Whoever came meanwhile is asked too.
                status = NtStatus.UnrecognizedVolume;
                list = await FileSystemsFor(device.DeviceType);
                next = -1;
            }
            else if (!allowRaw && status != NtStatus.UnrecognizedVolume && IsTotalFailure(status))
                break;
        }

        return (status, null);
    }

    private Vpb MarkMounted(DeviceObject device, DeviceObject top, FileObject? opener)
    {
        var vpb = device.Vpb!.Value;
        var volume = vpb.DeviceObject ?? throw new TargetReadException(vpb.DeviceObjectAddress, ReadFailure.NotMapped);
        vpb.SetFlags(Memory, vpb.Flags | VpbFlags.Mounted);
        volume.SetStackSize(Memory, (sbyte)(top.StackSize + 1));
        ExtensionOf(volume).SetVpb(Memory, vpb);
        ChangeVolumeCount(vpb, +1, ReferenceCause.FileOpen, opener?.Address ?? device.Address);
        return vpb;
    }

    /// <summary>A mount or verify request: its completion sets status and event and frees it, as that of a paging request (IRP_MOUNT_COMPLETION, wdm.h).</summary>
    private async GuestTask<(NtStatus Status, ulong Information)> SendMountRequest(
        DeviceObject asked, sbyte stackSize, byte request, Vpb vpb, DeviceObject device, bool allowRaw)
    {
        var irp = AllocateIrp(stackSize);
        var done = _kernel.Ke.CreateEvent(synchronization: false);
        var block = new IoStatusBlock(Memory, _kernel.Ex.NonPagedPool.Allocate((ulong)IoStatusBlock.SizeOf(Memory.Layout), PoolTags.Io, null));
        irp.SetFlags(Memory, IrpFlags.PagingIo | IrpFlags.SynchronousPagingIo);
        irp.SetUserIosb(Memory, block.Address);
        irp.SetUserEvent(Memory, new KEvent(Memory, done));
        irp.SetThread(Memory, new EThread(Memory, _kernel.CurrentThread.Address));
        var location = NextLocation(irp);
        location.SetMajorFunction(Memory, IrpMajor.FileSystemControl);
        location.SetMinorFunction(Memory, request);
        location.SetFlags(Memory, allowRaw ? AllowRawMount : (byte)0);

        // Parameters.MountVolume and VerifyVolume: Vpb, DeviceObject (wdm.h).
        location.SetArgument1(Memory, vpb.Address.Value);
        location.SetArgument2(Memory, device.Address.Value);
        if (await IofCallDriver(asked, irp) == NtStatus.Pending)
            await _kernel.Ke.WaitFor(WaitSubject.Request, irp.Address, done);
        var result = (block.Status, block.Information);
        _kernel.Ex.NonPagedPool.Free(block.Address);
        _kernel.Ke.DeleteEvent(done);
        return result;
    }

    /// <summary>A recogniser knows the medium: its file system is loaded, and registers itself (STATUS_FS_DRIVER_REQUIRED, IRP_MN_LOAD_FILE_SYSTEM).</summary>
    private async GuestTask LoadFileSystem(DeviceObject recogniser) =>
        await SendSynchronous(IoGetAttachedDevice(recogniser), NtStatus.NotSupported, location =>
        {
            location.SetMajorFunction(Memory, IrpMajor.FileSystemControl);
            location.SetMinorFunction(Memory, LoadFileSystemRequest);
        });

    private async GuestTask<List<DeviceObject>> FileSystemsFor(DeviceType storage)
    {
        var wanted = storage switch
        {
            DeviceType.CdRom => DeviceType.CdRomFileSystem,
            DeviceType.Tape => DeviceType.TapeFileSystem,
            _ => DeviceType.DiskFileSystem,
        };
        await LoadRaw();
        return [.. _fileSystems.Where(f => f.DeviceType == wanted), _raw!.ControlDevice(wanted)];
    }

    /// <summary>Makes the RAW file system on a thread of the system: it is nobody's who opens a volume.</summary>
    private async GuestTask LoadRaw()
    {
        if (_raw is not null)
            return;
        var made = _kernel.Ke.CreateEvent(synchronization: false);
        _kernel.Ex.QueueWork(async _ =>
        {
            _raw ??= await RawFileSystem.Create(_kernel);
            _kernel.Ke.Signal(made, 1);
        });
        await _kernel.Ke.Wait(made);
        _kernel.Ke.DeleteEvent(made);
    }

    /// <summary>IoIsErrorUserInduced of the headers.</summary>
    private static bool IsUserInduced(NtStatus status) =>
        status == NtStatus.DeviceNotReady || status == NtStatus.IoTimeout || status == NtStatus.MediaWriteProtected || status == NtStatus.NoMediaInDevice
        || status == NtStatus.VerifyRequired || status == NtStatus.UnrecognizedMedia || status == NtStatus.WrongVolume;

    /// <summary>Doc: FsRtlIsTotalDeviceFailure.</summary>
    private static bool IsTotalFailure(NtStatus status) => !status.IsSuccess && status != NtStatus.CrcError && status != NtStatus.DeviceDataError;
}

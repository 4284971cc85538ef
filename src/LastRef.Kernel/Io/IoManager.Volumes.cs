using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Volumes: the block that ties a storage device to the volume device of the file system that mounted it (U-1.44).</summary>
/// <remarks>Doc: "VPB", IoVerifyVolume, IoGetDeviceToVerify, WDK reference.</remarks>
internal sealed partial class IoManager
{
    /// <summary>
    /// What an open of a storage device may ask without going to its volume: SYNCHRONIZE, READ_CONTROL, WRITE_DAC, WRITE_OWNER,
    /// ACCESS_SYSTEM_SECURITY and FILE_READ_ATTRIBUTES (FO_DIRECT_DEVICE_OPEN; Doc: IoGetDeviceObjectPointer, "File systems and the storage stack").
    /// </summary>
    private const uint DirectAccess = 0x011E_0080;

    /// <summary>The storage device whose medium may have been changed, as a driver below noted it for a thread.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoGetDeviceToVerify, ntifs.h")]
    internal DeviceObject? IoGetDeviceToVerify(EThread thread) => thread.DeviceToVerify;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoSetDeviceToVerify, ntifs.h")]
    internal void IoSetDeviceToVerify(EThread thread, DeviceObject? deviceObject) => thread.SetDeviceToVerify(Memory, deviceObject);

    /// <summary>As IoSetDeviceToVerify for the thread of a request that failed for the user's doing.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoSetHardErrorOrVerifyDevice, WDK reference")]
    internal void IoSetHardErrorOrVerifyDevice(Irp irp, DeviceObject deviceObject) => irp.Thread?.SetDeviceToVerify(Memory, deviceObject);

    /// <summary>The storage device below a mounted volume device, referenced.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoGetDiskDeviceObject, ntifs.h")]
    internal NtStatus IoGetDiskDeviceObject(DeviceObject fileSystemDeviceObject, Out<DeviceObject> diskDeviceObject)
    {
        if (fileSystemDeviceObject.Vpb is not null)
            return NtStatus.InvalidParameter;
        if (ExtensionOf(fileSystemDeviceObject).Vpb is not { } vpb)
            return NtStatus.InvalidParameter;
        if ((vpb.Flags & VpbFlags.Mounted) == 0 || vpb.RealDevice is not { } disk)
            return NtStatus.VolumeDismounted;
        _kernel.Ob.Reference(disk.Address, ReferenceCause.ExplicitReference);
        diskDeviceObject.Set(Memory, disk);
        return NtStatus.Success;
    }

    /// <summary>Asks the file system of a storage device whether its volume is still there; mounts what is there instead.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "IoVerifyVolume, ntifs.h")]
    internal async GuestTask<NtStatus> IoVerifyVolume(DeviceObject deviceObject, NtBoolean allowRawMount)
    {
        await _kernel.Ke.Wait(deviceObject.DeviceLock.Address);
        var status = NtStatus.Success;
        var isMounted = false;
        if (deviceObject.Vpb is { DeviceObject: { } volume } vpb && (vpb.Flags & VpbFlags.Mounted) != 0)
        {
            isMounted = true;
            ChangeVolumeCount(vpb, +1, ReferenceCause.Transient, deviceObject.Address);
            var top = IoGetAttachedDevice(volume);
            (status, _) = await SendMountRequest(top, top.StackSize, VerifyVolumeRequest, vpb, volume, allowRawMount);
            ChangeVolumeCount(vpb, -1, ReferenceCause.Transient, deviceObject.Address);
            FreeUnusedVpb(vpb);
        }

        if (!isMounted || status == NtStatus.WrongVolume)
        {
            // The file system keeps the block of the volume that was taken out, and gives it back when that has no opens left.
            if (isMounted)
                CreateVpb(deviceObject);
            var (mounted, fresh) = await MountVolume(deviceObject, allowRawMount, isLocked: true);
            if (fresh is { } opened)
                ChangeVolumeCount(opened, -1, ReferenceCause.FileOpen, deviceObject.Address);
            if (!mounted.IsSuccess)
                deviceObject.SetFlags(Memory, deviceObject.Flags & ~DeviceFlags.VerifyVolume);
            if (!isMounted)
                status = mounted;
        }

        _kernel.Ke.Signal(deviceObject.DeviceLock.Address, 1);
        return status;
    }

    /// <summary>The one gate for VPB.ReferenceCount.</summary>
    /// <param name="holder">The file object that counts, or the device for the time of a request.</param>
    internal void ChangeVolumeCount(Vpb vpb, int change, ReferenceCause cause, VirtualAddress holder)
    {
        var before = vpb.ReferenceCount;
        vpb.SetReferenceCount(Memory, (uint)(before + change));
        _kernel.Record(new ReferenceRecord(vpb.Address, nameof(Vpb), ReferenceCounter.VolumeCount, before, (int)before + change, cause, holder));
    }

    /// <summary>A storage device gets a block of its own, which no file system has mounted yet.</summary>
    private void CreateVpb(DeviceObject device)
    {
        const short vpbType = 10;
        var vpb = new Vpb(Memory, _kernel.Ex.NonPagedPool.Allocate((ulong)Vpb.SizeOf(Memory.Layout), PoolTags.Of("Vpb "), null));
        vpb.SetType(Memory, vpbType);
        vpb.SetSize(Memory, (short)Vpb.SizeOf(Memory.Layout));
        vpb.SetRealDevice(Memory, device);
        device.SetVpb(Memory, vpb);
    }

    /// <summary>Whether an open stops at the device although that has a volume.</summary>
    private static bool IsDirectOpen(OpenRequest request, string remaining) =>
        request.Attach || (remaining.Length == 0 && request.Related.IsNull && (MapAccess(request.DesiredAccess) & ~DirectAccess) == 0);

    /// <summary>Counts an open on the volume of a storage device, which is mounted first if it is not; no volume for other devices.</summary>
    private async GuestTask<(NtStatus Status, Vpb? Vpb)> ReferenceVolume(DeviceObject device, FileObject file, OpenRequest request, string remaining)
    {
        if (!request.Related.IsNull && new FileObject(Memory, request.Related) is { Vpb: { } related } parent
            && (parent.Flags & FileObjectFlags.DirectDeviceOpen) == 0)
        {
            ChangeVolumeCount(related, +1, ReferenceCause.FileOpen, file.Address);
            return (NtStatus.Success, related);
        }

        if (device.Vpb is null || (file.Flags & FileObjectFlags.DirectDeviceOpen) != 0)
            return (NtStatus.Success, null);
        var allowRaw = remaining.Length == 0 && request.Related.IsNull;
        while (device.Vpb is { } vpb && (vpb.Flags & VpbFlags.Mounted) == 0)
        {
            var (status, mounted) = await MountVolume(device, allowRaw, isLocked: false, file);
            if (!status.IsSuccess || mounted is not null)
                return (status, mounted);
        }

        if (device.Vpb is not { } present)
            return (NtStatus.Success, null);
        if ((present.Flags & VpbFlags.Locked) != 0)
            return (NtStatus.AccessDenied, null);
        ChangeVolumeCount(present, +1, ReferenceCause.FileOpen, file.Address);
        return (NtStatus.Success, present);
    }

    private void DereferenceVolume(Vpb vpb, FileObject file)
    {
        ChangeVolumeCount(vpb, -1, ReferenceCause.FileOpen, file.Address);
        FreeUnusedVpb(vpb);
    }

    /// <summary>A block that its storage device has replaced goes with its last count; VPB_PERSISTENT leaves it to the file system.</summary>
    private void FreeUnusedVpb(Vpb vpb)
    {
        var isReplaced = vpb.RealDevice?.Vpb?.Address != vpb.Address;
        if (vpb.ReferenceCount == 0 && isReplaced && (vpb.Flags & VpbFlags.Persistent) == 0)
            _kernel.Ex.NonPagedPool.Free(vpb.Address);
    }

    /// <summary>An open of the volume itself, not of a file on it (FO_VOLUME_OPEN).</summary>
    private void NoteVolumeOpen(FileObject file)
    {
        var isWhole = file.FileName.Length == 0
            && (file.RelatedFileObject is not { } related || (related.Flags & FileObjectFlags.VolumeOpen) != 0);
        if (isWhole && (file.Flags & FileObjectFlags.DirectDeviceOpen) == 0 && IsFileSystem(IoGetRelatedDeviceObject(file).DeviceType))
            file.SetFlags(Memory, file.Flags | FileObjectFlags.VolumeOpen);
    }

    private static bool IsFileSystem(DeviceType type) =>
        type is DeviceType.DiskFileSystem or DeviceType.CdRomFileSystem or DeviceType.TapeFileSystem or DeviceType.FileSystem;
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>RAW: takes every volume that no file system knows, and gives its opens the storage device as it is.</summary>
/// <remarks>
/// Doc: "File Systems and File System Filter Drivers"; what it accepts and when it dismounts is known from another implementation [R].
/// Its driver and devices are made when the first volume is to be mounted.
/// </remarks>
internal sealed class RawFileSystem
{
    private const byte MountVolume = 1, UserRequest = 0, VerifyVolume = 2;
    private const uint LockVolume = 0x9_0018, UnlockVolume = 0x9_001C, DismountVolume = 0x9_0020;
    private const uint OpenDisposition = 1, DirectoryFile = 1;
    private const byte OverrideVerify = 2;
    private readonly NtKernel _kernel;
    private readonly Dictionary<DeviceType, DeviceObject> _control = [];
    private DriverObject _driver;

    private RawFileSystem(NtKernel kernel) => _kernel = kernel;

    private MutableTarget Memory => _kernel.Memory;

    public static async GuestTask<RawFileSystem> Create(NtKernel kernel)
    {
        var raw = new RawFileSystem(kernel);
        raw._driver = await kernel.Io.CreateManagedDriver(@"\FileSystem\RAW", raw.Dispatch);
        foreach (var (type, name) in new[] { (DeviceType.DiskFileSystem, "RawDisk"), (DeviceType.CdRomFileSystem, "RawCdRom"), (DeviceType.TapeFileSystem, "RawTape") })
        {
            var (status, device) = await kernel.Io.CreateDevice(raw._driver, 0, @"\Device\" + name, type, DeviceCharacteristics.None, exclusive: false);
            Invariant.Check(status.IsSuccess, $"The device of the RAW file system could not be made: {status}.");
            device!.Value.SetFlags(raw.Memory, (device.Value.Flags | DeviceFlags.DirectIo) & ~DeviceFlags.DeviceInitializing);
            raw._control.Add(type, device.Value);
        }

        return raw;
    }

    /// <summary>The device that stands for RAW among the file systems of a kind.</summary>
    public DeviceObject ControlDevice(DeviceType type) => _control[type];

    private async GuestTask<NtStatus> Dispatch(DeviceObject device, Irp irp)
    {
        var location = irp.CurrentStackLocation ?? throw new TargetReadException(irp.CurrentStackLocationAddress, ReadFailure.NotMapped);
        if (_control.Values.Any(control => control.Address == device.Address))
        {
            return location.MajorFunction switch
            {
                IrpMajor.Create or IrpMajor.Cleanup or IrpMajor.Close => await _kernel.Io.Complete(irp, NtStatus.Success, 0),
                IrpMajor.FileSystemControl when location.MinorFunction == MountVolume => await _kernel.Io.Complete(irp, await Mount(location), 0),
                _ => await _kernel.Io.CompleteInvalidRequest(irp),
            };
        }

        var volume = RawVolume.Of(device);
        switch (location.MajorFunction)
        {
            case IrpMajor.Create:
                return await Open(volume, irp, location);
            case IrpMajor.Cleanup:
                if (location.FileObject is { } closing && (closing.Flags & FileObjectFlags.StreamFile) == 0)
                    _kernel.Io.IoRemoveShareAccess(closing, volume.ShareAccess);
                return await _kernel.Io.Complete(irp, NtStatus.Success, 0);
            case IrpMajor.Close:
                return await Close(volume, irp, location);
            case IrpMajor.FileSystemControl:
                return await Control(volume, irp, location);
            case IrpMajor.Read or IrpMajor.Write or IrpMajor.DeviceControl or IrpMajor.InternalDeviceControl or IrpMajor.FlushBuffers
                or IrpMajor.Pnp or IrpMajor.Power or IrpMajor.Shutdown:
                return await HandOn(volume, irp);
            default:
                return await _kernel.Io.CompleteInvalidRequest(irp);
        }
    }

    /// <summary>Makes a volume device over the storage stack that the request names.</summary>
    private async GuestTask<NtStatus> Mount(IoStackLocation location)
    {
        var vpb = new Vpb(Memory, new VirtualAddress(location.Argument1));
        var storage = new DeviceObject(Memory, new VirtualAddress(location.Argument2));
        var (status, made) = await _kernel.Io.CreateDevice(
            _driver, RawVolume.Bytes, null, DeviceType.DiskFileSystem, DeviceCharacteristics.None, exclusive: false);
        if (made is not { } device)
            return status;
        RawVolume.Of(device).Initialize(storage, vpb);
        vpb.SetSerialNumber(Memory, uint.MaxValue);
        vpb.SetVolumeLabelLength(Memory, 0);
        vpb.SetDeviceObject(Memory, device);
        device.SetStackSize(Memory, (sbyte)(storage.StackSize + 1));
        device.SetSectorSize(Memory, storage.SectorSize);
        device.SetAlignmentRequirement(Memory, storage.AlignmentRequirement);
        device.SetFlags(Memory, (device.Flags | DeviceFlags.DirectIo) & ~DeviceFlags.DeviceInitializing);
        return NtStatus.Success;
    }

    /// <summary>Only the volume itself can be opened, and only as something that exists.</summary>
    private async GuestTask<NtStatus> Open(RawVolume volume, Irp irp, IoStackLocation location)
    {
        var file = location.FileObject ?? throw new TargetReadException(location.FileObjectAddress, ReadFailure.NotMapped);
        var isWhole = file.FileName.Length == 0 && location.CreateOptions >> 24 == OpenDisposition && (location.CreateOptions & DirectoryFile) == 0;
        var access = new IoSecurityContext(Memory, location.CreateSecurityContext).DesiredAccess;
        var status = !isWhole ? NtStatus.InvalidParameter
            : volume.IsLocked ? NtStatus.AccessDenied
            : volume.OpenCount > 0 ? _kernel.Io.IoCheckShareAccess(access, location.CreateShareAccess, file, volume.ShareAccess, update: true)
            : NtStatus.Success;
        if (status.IsSuccess)
        {
            if (volume.OpenCount == 0)
                _kernel.Io.IoSetShareAccess(access, location.CreateShareAccess, file, volume.ShareAccess);
            volume.SetOpenCount(volume.OpenCount + 1);
            file.SetVpb(Memory, volume.Vpb);
            file.SetFlags(Memory, file.Flags | FileObjectFlags.NoIntermediateBuffering);
        }

        const ulong opened = 1;
        await _kernel.Io.Complete(irp, status, status.IsSuccess ? opened : 0);
        if (volume.OpenCount == 0)
            await Dismount(volume, opensOnTheirWay: 1);
        return status;
    }

    private async GuestTask<NtStatus> Close(RawVolume volume, Irp irp, IoStackLocation location)
    {
        var isStream = location.FileObject is { } file && (file.Flags & FileObjectFlags.StreamFile) != 0;
        await _kernel.Io.Complete(irp, NtStatus.Success, 0);
        if (isStream)
            return NtStatus.Success;
        volume.SetOpenCount(volume.OpenCount - 1);
        if (volume.OpenCount == 0)
            await Dismount(volume, opensOnTheirWay: 0);
        return NtStatus.Success;
    }

    private async GuestTask<NtStatus> Control(RawVolume volume, Irp irp, IoStackLocation location)
    {
        if (location.MinorFunction == VerifyVolume)
        {
            // RAW recognises nothing, so no volume is the one that it was.
            if (volume.Vpb.RealDevice is { } real)
                real.SetFlags(Memory, real.Flags & ~DeviceFlags.VerifyVolume);
            await _kernel.Io.Complete(irp, NtStatus.WrongVolume, 0);
            if (volume.OpenCount == 0)
                await Dismount(volume, opensOnTheirWay: 1);
            return NtStatus.WrongVolume;
        }

        if (location.MinorFunction != UserRequest)
            return await _kernel.Io.CompleteInvalidRequest(irp);
        var status = location.IoControlCode switch
        {
            LockVolume => volume is { IsLocked: false, OpenCount: 1 } ? NtStatus.Success : NtStatus.AccessDenied,
            UnlockVolume => volume.IsLocked ? NtStatus.Success : NtStatus.NotLocked,
            DismountVolume => volume.IsLocked ? NtStatus.Success : NtStatus.AccessDenied,
            _ => NtStatus.InvalidParameter,
        };
        if (status.IsSuccess && location.IoControlCode != DismountVolume)
            volume.SetLocked(location.IoControlCode == LockVolume);
        return await _kernel.Io.Complete(irp, status, 0);
    }

    private async GuestTask<NtStatus> HandOn(RawVolume volume, Irp irp)
    {
        _kernel.Io.CopyLocationToNext(irp);
        var next = _kernel.Io.NextLocation(irp);
        next.SetFlags(Memory, (byte)(next.Flags | OverrideVerify));
        return await _kernel.Io.IofCallDriver(volume.Storage, irp);
    }

    /// <summary>The last open is gone: the storage device is free again, and what the mount held of it.</summary>
    private async GuestTask Dismount(RawVolume volume, uint opensOnTheirWay)
    {
        var vpb = volume.Vpb;
        if (vpb.ReferenceCount != opensOnTheirWay)
            return;
        var storage = volume.Storage;
        if (vpb.RealDevice?.Vpb?.Address == vpb.Address)
        {
            vpb.SetDeviceObject(Memory, null);
            vpb.SetFlags(Memory, vpb.Flags & ~VpbFlags.Mounted);
        }

        await _kernel.Io.IoDeleteDevice(volume.Device);
        await _kernel.Ob.Dereference(storage.Address, ReferenceCause.VolumeMount, vpb.Address);
    }
}

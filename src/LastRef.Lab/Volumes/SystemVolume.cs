using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>The disk that Windows runs from: a mounted volume with a file system of the lab's own behind it.</summary>
/// <remarks>
/// Device objects, VPB and file objects are real and stand as NTFS has them (Doc: "Storage Device Stacks, Storage Volumes, and File System Stacks",
/// WDK): an open of <c>\Device\HarddiskVolume1\…</c> names the storage device, its requests go to the file system's volume device. The volume comes
/// to be when somebody first asks for one of its names. What is on it lasts for the run. Files have no streams, links, security or extended
/// attributes; a request about those stops the run.
/// </remarks>
internal sealed partial class SystemVolume
{
    private const string StorageName = @"\Device\HarddiskVolume1";
    private const string BootDevice = @"\Device\BootDevice";
    private const string Drive = @"\GLOBAL??\C:";
    private const string SystemRoot = @"\SystemRoot";
    private const string FileSystemDevice = @"\Ntfs";
    private const string FileSystemDriver = @"\FileSystem\Ntfs";
    private const string StorageDriver = @"\Driver\volmgr";

    private readonly NtKernel _kernel;
    private readonly VolumeTree _tree;
    private readonly Dictionary<VirtualAddress, VolumeOpen> _opens = [];
    private readonly VirtualAddress _storage;
    private readonly VirtualAddress _volume;
    private Vpb _vpb;

    private SystemVolume(NtKernel kernel)
    {
        _kernel = kernel;
        _tree = new VolumeTree(kernel);
        var storageDriver = LabDrivers.Now(kernel.Io.CreateManagedDriver(StorageDriver, DispatchStorage));
        var storage = Device(storageDriver, StorageName, DeviceType.Disk);
        var driver = LabDrivers.Now(kernel.Io.CreateManagedDriver(FileSystemDriver, Dispatch));
        kernel.Images.GiveWindowsModule(storageDriver, "volmgr.sys");
        kernel.Images.GiveWindowsModule(driver, "Ntfs.sys");
        Device(driver, FileSystemDevice, DeviceType.DiskFileSystem);
        var volume = Device(driver, null, DeviceType.DiskFileSystem);
        volume.SetStackSize(Memory, (sbyte)(storage.StackSize + 1));
        (_storage, _volume) = (storage.Address, volume.Address);
        Mount(storage, volume);
    }

    private MutableTarget Memory => _kernel.Memory;

    /// <summary>Puts the volume's names into a machine; the volume itself is made when one of them is first asked for.</summary>
    public static void Offer(NtKernel kernel)
    {
        string[] names = [Drive, SystemRoot, StorageName, BootDevice, FileSystemDevice, FileSystemDriver, StorageDriver];
        kernel.Ob.Offer(names, () => new SystemVolume(kernel).EnterLinks());
    }

    private DeviceObject Device(DriverObject driver, string? name, DeviceType type)
    {
        var (status, made) = LabDrivers.Now(_kernel.Io.CreateDevice(driver, 0, name, type, 0, exclusive: false));
        var device = made ?? throw new InvariantException($"The system volume's device {name} could not be made: {status}.");
        device.SetFlags(Memory, device.Flags & ~DeviceFlags.DeviceInitializing);
        return device;
    }

    private void Mount(DeviceObject storage, DeviceObject volume)
    {
        const uint serialNumber = 0x5C4F_1A2E;
        _vpb = storage.Vpb ?? throw new InvariantException("The storage device of the system volume has no VPB.");
        _vpb.SetDeviceObject(Memory, volume);
        _vpb.SetFlags(Memory, VpbFlags.Mounted);
        PnpManager.ExtensionOf(volume).SetVpb(Memory, _vpb);
        _vpb.SetSerialNumber(Memory, serialNumber);
    }

    /// <summary>From Windows 8 on the system root leads through a link for the boot device.</summary>
    private void EnterLinks()
    {
        var hasBootDevice = _kernel.Build != NtBuild.Windows7Sp1;
        Link(Drive, StorageName);
        if (hasBootDevice)
            Link(BootDevice, StorageName);
        Link(SystemRoot, (hasBootDevice ? BootDevice : StorageName) + @"\Windows");
    }

    private void Link(string name, string target)
    {
        var status = _kernel.Ob.CreateSymbolicLink(name, target, out var link);
        Invariant.Check(status.IsSuccess, $"The link {name} could not be made: {status}.");
        _kernel.Ob.DereferenceDeferDelete(link, ReferenceCause.KeepAlive);
    }

    /// <summary>Requests to the storage device itself: an open that goes past the file system, as IoAttachDevice makes one.</summary>
    private async GuestTask<NtStatus> DispatchStorage(DeviceObject device, Irp irp)
    {
        var location = irp.CurrentStackLocation ?? throw new InvariantException("A request has no stack location.");
        return location.MajorFunction switch
        {
            IrpMajor.Create or IrpMajor.Cleanup or IrpMajor.Close => await Complete(irp, NtStatus.Success),
            _ => throw Unsupported($"{location.MajorFunction} of the disk below the system volume"),
        };
    }

    private async GuestTask<NtStatus> Dispatch(DeviceObject device, Irp irp)
    {
        var location = irp.CurrentStackLocation ?? throw new InvariantException("A request has no stack location.");
        if (device.Address != _volume)
        {
            return location.MajorFunction is IrpMajor.Create or IrpMajor.Cleanup or IrpMajor.Close
                ? await Complete(irp, NtStatus.Success)
                : throw Unsupported($"{location.MajorFunction} of the file system's control device");
        }

        try
        {
            var (status, information) = location.MajorFunction is IrpMajor.Create ? Create(location) : Handle(irp, location);
            return await Complete(irp, status, information);
        }
        catch (TargetReadException)
        {
            // The caller's buffer is bad: a file system touches it in a __try (Doc: "Errors in Referencing User-Space Addresses", WDK).
            return await Complete(irp, NtStatus.InvalidUserBuffer);
        }
    }

    private (NtStatus Status, ulong Information) Handle(Irp irp, IoStackLocation location)
    {
        if (location.FileObject is not { } file || !_opens.TryGetValue(file.Address, out var open))
            return location.MajorFunction is IrpMajor.Cleanup or IrpMajor.Close ? (NtStatus.Success, 0UL) : (NtStatus.InvalidParameter, 0UL);
        return location.MajorFunction switch
        {
            IrpMajor.Cleanup => CleanUp(file, open),
            IrpMajor.Close => Close(file, open),
            IrpMajor.Read => Read(irp, location, file, open),
            IrpMajor.Write => Write(irp, location, file, open),
            IrpMajor.FlushBuffers => (NtStatus.Success, 0),
            IrpMajor.QueryInformation => QueryInformation(irp, location, file, open),
            IrpMajor.SetInformation => SetInformation(irp, location, file, open),
            IrpMajor.QueryVolumeInformation => QueryVolume(irp, location),
            IrpMajor.DirectoryControl => DirectoryControl(irp, location, open),
            _ => throw Unsupported($"{location.MajorFunction} of {Describe(open.File)}"),
        };
    }

    private static MachineStopException Unsupported(string what) => MachineStopException.Unsupported(UnsupportedKind.Case, what);

    private static string Describe(VolumeFile file) => file.Parent is null ? "the system volume" : $"{file.Path} on the system volume";

    private GuestTask<NtStatus> Complete(Irp irp, NtStatus status, ulong information = 0) => _kernel.Io.Complete(irp, status, information);

    private VirtualAddress BufferOf(Irp irp) =>
        irp.MdlAddress is { } mdl ? _kernel.Mm.MmMapLockedPagesSpecifyCache(mdl, 0, 1, VirtualAddress.Null, 0, 0)
        : !irp.SystemBuffer.IsNull ? irp.SystemBuffer : irp.UserBuffer;
}

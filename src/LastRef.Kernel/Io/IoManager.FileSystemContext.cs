using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>What file systems and those who look at their requests share: the top-level request, the lock of volumes, file access rights.</summary>
internal sealed partial class IoManager
{
    private VirtualAddress _vpbSpinLock;
    private VirtualAddress _fileMapping;

    /// <returns>The request, or one of the small FSRTL_ numbers, that the thread noted last; null when none.</returns>
    [KernelExport("ntoskrnl.exe", Doc = "IoGetTopLevelIrp, ntifs.h")]
    internal ulong IoGetTopLevelIrp() => new EThread(Memory, _kernel.CurrentThread.Address).TopLevelIrp;

    [KernelExport("ntoskrnl.exe", Doc = "IoSetTopLevelIrp, ntifs.h")]
    internal void IoSetTopLevelIrp(ulong irp) => new EThread(Memory, _kernel.CurrentThread.Address).SetTopLevelIrp(Memory, irp);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoAcquireVpbSpinLock, ntifs.h")]
    internal void IoAcquireVpbSpinLock(Out<Irql> irql) => irql.Set(Memory, _kernel.Ke.KeAcquireSpinLockRaiseToDpc(VpbSpinLock()));

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoReleaseVpbSpinLock, ntifs.h")]
    internal void IoReleaseVpbSpinLock(Irql irql) => _kernel.Ke.KeReleaseSpinLock(VpbSpinLock(), irql);

    /// <summary>GENERIC_MAPPING of files: read, write, execute, all.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "IoGetFileObjectGenericMapping, WDK reference")]
    internal VirtualAddress IoGetFileObjectGenericMapping()
    {
        if (_fileMapping.IsNull)
        {
            _fileMapping = _kernel.Images.ReserveVariable(16);
            Memory.WriteUInt32(_fileMapping, _kernel.Ob.MapAccess(ObjectKind.File, 0x8000_0000));
            Memory.WriteUInt32(_fileMapping + 4, _kernel.Ob.MapAccess(ObjectKind.File, 0x4000_0000));
            Memory.WriteUInt32(_fileMapping + 8, _kernel.Ob.MapAccess(ObjectKind.File, 0x2000_0000));
            Memory.WriteUInt32(_fileMapping + 12, _kernel.Ob.MapAccess(ObjectKind.File, 0x1000_0000));
        }

        return _fileMapping;
    }

    /// <summary>As IoCreateFile; a device in the stack at which the open should begin is not modelled.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoCreateFileSpecifyDeviceObjectHint, ntifs.h",
        Missing = "a device object as hint")]
    internal GuestTask<NtStatus> IoCreateFileSpecifyDeviceObjectHint(
        Out<HandleValue> fileHandle, uint desiredAccess, ObjectAttributes objectAttributes, IoStatusBlock ioStatusBlock, VirtualAddress allocationSize,
        uint fileAttributes, uint shareAccess, uint disposition, uint createOptions, VirtualAddress eaBuffer, uint eaLength,
        uint createFileType, VirtualAddress extraCreateParameters, uint options, DeviceObject? deviceObject)
    {
        if (deviceObject is not null)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "IoCreateFileSpecifyDeviceObjectHint with a device object");
        return IoCreateFile(
            fileHandle, desiredAccess, objectAttributes, ioStatusBlock, allocationSize, fileAttributes, shareAccess, disposition, createOptions,
            eaBuffer, eaLength, createFileType, extraCreateParameters, options);
    }

    private VirtualAddress VpbSpinLock()
    {
        if (_vpbSpinLock.IsNull)
            _vpbSpinLock = _kernel.Images.ReserveVariable(8);
        return _vpbSpinLock;
    }
}

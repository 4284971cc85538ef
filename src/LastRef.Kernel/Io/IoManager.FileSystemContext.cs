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

    /// <summary>Whether a request's sender waits for it.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "IoIsOperationSynchronous, ntifs.h")]
    internal NtBoolean IoIsOperationSynchronous(Irp irp)
    {
        const IrpFlags pagingSynchronous = IrpFlags.PagingIo | IrpFlags.SynchronousApi;
        var isPaging = (irp.Flags & IrpFlags.PagingIo) != 0;
        var isSynchronousFile = CurrentLocation(irp).FileObject is { } file && (file.Flags & FileObjectFlags.SynchronousIo) != 0;
        return isPaging ? (irp.Flags & pagingSynchronous) == pagingSynchronous : isSynchronousFile || (irp.Flags & IrpFlags.SynchronousApi) != 0;
    }

    /// <summary>Checks a list of FILE_FULL_EA_INFORMATION: NextEntryOffset 0, Flags 4, EaNameLength 5, EaValueLength 6, EaName 8.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "IoCheckEaBufferValidity, ntifs.h")]
    internal NtStatus IoCheckEaBufferValidity(VirtualAddress eaBuffer, uint eaLength, Out<uint> errorOffset)
    {
        const uint header = 8;
        for (var at = 0u; ;)
        {
            var entry = eaBuffer + (int)at;
            var left = eaLength - at;
            var bytes = left < header ? 0 : header + Memory.ReadByte(entry + 5) + 1u + Memory.ReadUInt16(entry + 6);
            if (bytes == 0 || bytes > left || Memory.ReadByte(entry + (int)header + Memory.ReadByte(entry + 5)) != 0)
            {
                errorOffset.SetIfGiven(Memory, at);
                return NtStatus.EaListInconsistent;
            }

            var next = Memory.ReadUInt32(entry);
            if (next == 0)
                return NtStatus.Success;
            if (next % 4 != 0 || next < bytes || next > left)
            {
                errorOffset.SetIfGiven(Memory, at);
                return NtStatus.EaListInconsistent;
            }

            at += next;
        }
    }

    private VirtualAddress VpbSpinLock()
    {
        if (_vpbSpinLock.IsNull)
            _vpbSpinLock = _kernel.Images.ReserveVariable(8);
        return _vpbSpinLock;
    }
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Opportunistic locks, as far as nobody has one: nothing is granted, so nothing is ever broken.</summary>
/// <remarks>Doc: FsRtlInitializeOplock and its neighbours, ntifs.h. OPLOCK is one pointer, null while no oplock was ever asked for.</remarks>
internal sealed partial class FileSystemLibrary
{
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlInitializeOplock, ntifs.h")]
    internal void FsRtlInitializeOplock(VirtualAddress oplock) => Memory.WritePointer(oplock, VirtualAddress.Null);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlUninitializeOplock, ntifs.h")]
    internal void FsRtlUninitializeOplock(VirtualAddress oplock) => RefuseOplock(oplock, "FsRtlUninitializeOplock");

    /// <returns>SUCCESS: the request may go on.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlCheckOplock, ntifs.h", Missing = "an oplock that was granted")]
    internal NtStatus FsRtlCheckOplock(VirtualAddress oplock, Irp irp, VirtualAddress context, VirtualAddress completionRoutine, VirtualAddress postIrpRoutine)
    {
        RefuseOplock(oplock, "FsRtlCheckOplock");
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlOplockIsFastIoPossible, ntifs.h", Missing = "an oplock that was granted")]
    internal NtBoolean FsRtlOplockIsFastIoPossible(VirtualAddress oplock)
    {
        RefuseOplock(oplock, "FsRtlOplockIsFastIoPossible");
        return true;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlCurrentBatchOplock, ntifs.h", Missing = "an oplock that was granted")]
    internal NtBoolean FsRtlCurrentBatchOplock(VirtualAddress oplock)
    {
        RefuseOplock(oplock, "FsRtlCurrentBatchOplock");
        return false;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "FsRtlOplockFsctrl, ntifs.h", Missing = "granting an oplock")]
    internal NtStatus FsRtlOplockFsctrl(VirtualAddress oplock, Irp irp, uint openCount) =>
        throw MachineStopException.Unsupported(UnsupportedKind.Case, "FsRtlOplockFsctrl: a request for an oplock");

    private void RefuseOplock(VirtualAddress oplock, string routine)
    {
        if (!Memory.ReadPointer(oplock).IsNull)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"{routine} of an oplock that the lab did not make");
    }
}

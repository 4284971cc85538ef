using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Remove locks: they hold a remove request back, not the device or the driver (spec 5.10).</summary>
internal sealed partial class IoManager
{
    private const uint FreeRemoveLockBytes = 0x20;
    private const string VerifierUse = "IoInitializeRemoveLock, WDK reference: used when Driver Verifier is enabled";

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-1.45 U-5.90", Doc = VerifierUse)]
    internal void IoInitializeRemoveLockEx(
        RemoveLockCommonBlock @lock, uint allocateTag, uint maxLockedMinutes, uint highWatermark, uint remlockSize)
    {
        CheckSize(remlockSize);
        @lock.SetRemoved(Memory, false);
        @lock.SetIoCount(Memory, 1);
        _kernel.Ke.InitializeEvent(@lock.RemoveEvent.Address, synchronization: true, signalled: false);
        BeginTracking(@lock, allocateTag, maxLockedMinutes, highWatermark, remlockSize == CheckedRemoveLockBytes);
    }

    /// <returns>STATUS_DELETE_PENDING once the lock's owner waits for its release (T-64).</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-5.90")]
    internal NtStatus IoAcquireRemoveLockEx(RemoveLockCommonBlock removeLock, VirtualAddress tag, VirtualAddress file, uint line, uint remlockSize)
    {
        CheckSize(remlockSize);
        removeLock.SetIoCount(Memory, removeLock.IoCount + 1);
        if (!removeLock.Removed)
        {
            _kernel.Record(new RegistrationRecord(RegistrationKind.RemoveLock, true, removeLock.Address, VirtualAddress.Null, tag));
            TrackAcquired(removeLock, tag, file, line);
            return NtStatus.Success;
        }

        DropRemoveLock(removeLock);
        return NtStatus.DeletePending;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-5.90 U-5.92")]
    internal void IoReleaseRemoveLockEx(RemoveLockCommonBlock removeLock, VirtualAddress tag, uint remlockSize)
    {
        CheckSize(remlockSize);
        TrackReleased(removeLock, tag, ReleasedWithWrongTag, "IoReleaseRemoveLock");
        _kernel.Record(new RegistrationRecord(RegistrationKind.RemoveLock, false, removeLock.Address, VirtualAddress.Null, tag));
        DropRemoveLock(removeLock);
    }

    /// <summary>Gives back the caller's own acquisition and the initial count, and waits for the others (U-5.91).</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-5.90 U-5.91")]
    internal async GuestTask IoReleaseRemoveLockAndWaitEx(RemoveLockCommonBlock removeLock, VirtualAddress tag, uint remlockSize)
    {
        CheckSize(remlockSize);
        TrackReleased(removeLock, tag, WaitedWithWrongTag, "IoReleaseRemoveLockAndWait");
        _kernel.Record(new RegistrationRecord(RegistrationKind.RemoveLock, false, removeLock.Address, VirtualAddress.Null, tag));
        removeLock.SetRemoved(Memory, true);
        removeLock.SetIoCount(Memory, removeLock.IoCount - 2);
        TrackWait(removeLock);
        if (removeLock.IoCount > 0)
            await _kernel.Ke.WaitFor(WaitSubject.RemoveLock, removeLock.Address, removeLock.RemoveEvent.Address);
    }

    private void DropRemoveLock(RemoveLockCommonBlock removeLock)
    {
        var left = removeLock.IoCount - 1;
        removeLock.SetIoCount(Memory, left);
        if (left == 0)
            _kernel.Ke.Signal(removeLock.RemoveEvent.Address, 1);
    }

    /// <summary>Two forms are known by their size; what another would look like is not known.</summary>
    private static void CheckSize(uint remlockSize)
    {
        if (remlockSize is not (FreeRemoveLockBytes or CheckedRemoveLockBytes))
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"a remove lock of {remlockSize} bytes");
    }
}

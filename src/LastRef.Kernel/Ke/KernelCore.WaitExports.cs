using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Waiting, as drivers ask for it.</summary>
internal sealed partial class KernelCore
{
    private const int ThreadWaitObjects = 3;
    private const int MaximumWaitObjects = 64;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeWaitForSingleObject, WDK reference")]
    internal GuestTask<NtStatus> KeWaitForSingleObject(
        VirtualAddress @object, int waitReason, sbyte waitMode, NtBoolean alertable, VirtualAddress timeout) =>
        Wait([@object], false, ReadTimeout(timeout), alertable, waitMode == 1);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeWaitForMutexObject: KeWaitForSingleObject under another name, WDK reference")]
    internal GuestTask<NtStatus> KeWaitForMutexObject(
        VirtualAddress mutex, int waitReason, sbyte waitMode, NtBoolean alertable, VirtualAddress timeout) =>
        KeWaitForSingleObject(mutex, waitReason, waitMode, alertable, timeout);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeWaitForMultipleObjects, WDK reference; Bug Check 0xC")]
    internal GuestTask<NtStatus> KeWaitForMultipleObjects(
        uint count, VirtualAddress objects, int waitType, int waitReason, sbyte waitMode, NtBoolean alertable, VirtualAddress timeout,
        VirtualAddress waitBlockArray)
    {
        if (count > (waitBlockArray.IsNull ? ThreadWaitObjects : MaximumWaitObjects))
            throw MachineStopException.BugCheck(0xC, $"a wait for {count} objects {(waitBlockArray.IsNull ? "without" : "with")} an array of wait blocks", count);
        var addresses = new VirtualAddress[count];
        for (var i = 0; i < count; i++)
            addresses[i] = Memory.ReadPointer(objects + (8 * i));
        return Wait(addresses, waitType == 0, ReadTimeout(timeout), alertable, waitMode == 1);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "KeDelayExecutionThread, WDK reference")]
    internal GuestTask<NtStatus> KeDelayExecutionThread(sbyte waitMode, NtBoolean alertable, VirtualAddress interval) =>
        Delay((long)Memory.ReadUInt64(interval), alertable, waitMode == 1);

    /// <summary>Gives up the processor for a time.</summary>
    /// <param name="interval100ns">Zero lets other threads of the same priority run; negative is relative, positive absolute.</param>
    public async GuestTask<NtStatus> Delay(long interval100ns, bool alertable = false, bool userMode = false)
    {
        if (interval100ns == 0)
        {
            await _kernel.Scheduler.Yield();
            return NtStatus.Success;
        }

        var status = await Block([], false, interval100ns, alertable, userMode);
        return status == NtStatus.Timeout ? NtStatus.Success : status;
    }

    private long? ReadTimeout(VirtualAddress timeout) => timeout.IsNull ? null : (long)Memory.ReadUInt64(timeout);
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Opening processes and threads by number, and what is asked about sessions and subsystems.</summary>
internal sealed partial class ProcessManager
{
    /// <summary>A handle to a process; it holds the process until it is closed.</summary>
    /// <remarks>Processes have no names in the lab, so attributes with one are refused as Windows refuses a name beside a number.</remarks>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-1.27", Doc = "ZwOpenProcess, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "NtOpenProcess", MaxIrql = Irql.Passive, Doc = "NtOpenProcess, WDK reference")]
    internal GuestTask<NtStatus> ZwOpenProcess(
        Out<HandleValue> processHandle, uint desiredAccess, ObjectAttributes objectAttributes, VirtualAddress clientId)
    {
        if (clientId.IsNull || objectAttributes.ObjectName is not null)
            return GuestTask.FromResult(NtStatus.InvalidParameterMix);

        // CLIENT_ID: UniqueProcess 0, UniqueThread 8. With a thread the process is found through it.
        var (process, thread) = (Memory.ReadUInt64(clientId), Memory.ReadUInt64(clientId + 8));
        var found = thread == 0 ? FindProcess(process) : FindThread(thread) is { } t ? PsGetThreadProcess(new EThread(Memory, t)) : null;
        return OpenById(processHandle, found, desiredAccess, objectAttributes);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-1.27", Doc = "NtOpenThread, Win32 reference (OpenThread)")]
    [KernelExport("ntoskrnl.exe", Name = "NtOpenThread", MaxIrql = Irql.Passive, Doc = "NtOpenThread, Win32 reference (OpenThread)")]
    internal GuestTask<NtStatus> ZwOpenThread(
        Out<HandleValue> threadHandle, uint desiredAccess, ObjectAttributes objectAttributes, VirtualAddress clientId)
    {
        if (clientId.IsNull || objectAttributes.ObjectName is not null)
            return GuestTask.FromResult(NtStatus.InvalidParameterMix);
        var (process, thread) = (Memory.ReadUInt64(clientId), Memory.ReadUInt64(clientId + 8));
        var found = FindThread(thread);
        if (found is { } t && process != 0 && new EThread(Memory, t).UniqueProcess.Value != process)
            found = null;
        return OpenById(threadHandle, found, desiredAccess, objectAttributes);
    }

    /// <summary>Sets a thread's priority; what asks for no more than to hide from a debugger is granted, as the lab has none.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwSetInformationThread, WDK reference",
        Missing = "classes other than priority, base priority, hiding from a debugger")]
    [KernelExport("ntoskrnl.exe", Name = "NtSetInformationThread", MaxIrql = Irql.Passive, Doc = "NtSetInformationThread, WDK reference",
        Missing = "classes other than priority, base priority, hiding from a debugger")]
    internal NtStatus ZwSetInformationThread(
        HandleValue threadHandle, int threadInformationClass, VirtualAddress threadInformation, uint threadInformationLength)
    {
        const int priority = 2, basePriority = 3, hideFromDebugger = 17;
        if (ThreadOf(threadHandle) is not { } body)
            return NtStatus.InvalidHandle;
        var thread = new KThread(Memory, body);
        switch (threadInformationClass)
        {
            case priority or basePriority when threadInformationLength != 4:
                return NtStatus.InfoLengthMismatch;
            case priority:
                var value = (int)Memory.ReadUInt32(threadInformation);
                if (value is < 1 or > 31)
                    return NtStatus.InvalidParameter;
                _kernel.Ke.KeSetPriorityThread(thread, value);
                return NtStatus.Success;
            case basePriority:
                _kernel.Ke.KeSetBasePriorityThread(thread, (int)Memory.ReadUInt32(threadInformation));
                return NtStatus.Success;
            case hideFromDebugger:
                return threadInformationLength == 0 ? NtStatus.Success : NtStatus.InfoLengthMismatch;
            default:
                throw MachineStopException.Unsupported(UnsupportedKind.Case, $"ZwSetInformationThread with class {threadInformationClass}");
        }
    }

    /// <summary>Lets another ready thread of the priority run.</summary>
    /// <returns>STATUS_NO_YIELD_PERFORMED when there was none to run.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwYieldExecution, ntzwapi.h; SwitchToThread, Win32")]
    internal async GuestTask<NtStatus> ZwYieldExecution()
    {
        if (!_kernel.Scheduler.HasReady(_kernel.CurrentThread.Priority))
            return NtStatus.NoYieldPerformed;
        await _kernel.Scheduler.Yield();
        return NtStatus.Success;
    }

    /// <summary>All programs of the lab are 64-bit, so no request is from a 32-bit one.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "IoIs32bitProcess, WDK reference")]
    internal NtBoolean IoIs32bitProcess(Irp? irp) => false;

    /// <summary>The lab has one session, in which services run too.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "PsGetProcessSessionId: MM_SESSION_SPACE.SessionId, zero for a process without a session, public symbols")]
    internal uint PsGetProcessSessionId(EProcess process) => 0;

    [KernelExport("ntoskrnl.exe", Doc = "PsGetCurrentProcessSessionId: PsGetProcessSessionId of the current process")]
    internal uint PsGetCurrentProcessSessionId() => 0;

    /// <returns>Zero until the process has ended.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "PsGetProcessExitTime: EPROCESS.ExitTime of the current process, public symbols")]
    internal long PsGetProcessExitTime() => new EProcess(Memory, CurrentProcess).ExitTime;

    [KernelExport("ntoskrnl.exe", Doc = "PsGetProcessWin32Process: EPROCESS.Win32Process, null without a window, public symbols")]
    internal VirtualAddress PsGetProcessWin32Process(EProcess process) => VirtualAddress.Null;

    [KernelExport("ntoskrnl.exe", Doc = "PsGetThreadWin32Thread: KTHREAD.Win32Thread, null without a window, public symbols")]
    internal VirtualAddress PsGetThreadWin32Thread(KThread thread) => thread.Win32Thread;

    /// <returns>Null for a process without a program file, as those of the lab are.</returns>
    [KernelExport("ntoskrnl.exe", Doc = "PsGetProcessSectionBaseAddress: EPROCESS.SectionBaseAddress, public symbols")]
    internal VirtualAddress PsGetProcessSectionBaseAddress(EProcess process) => process.SectionBaseAddress;

    private async GuestTask<NtStatus> OpenById(Out<HandleValue> handle, VirtualAddress? found, uint desiredAccess, ObjectAttributes attributes)
    {
        if (found is not { IsNull: false } body)
            return NtStatus.InvalidCid;
        handle.Set(Memory, await _kernel.Ob.OpenForCaller(body, desiredAccess, attributes.Attributes));
        return NtStatus.Success;
    }
}

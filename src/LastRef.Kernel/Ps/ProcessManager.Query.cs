using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>What drivers ask about processes and threads.</summary>
internal sealed partial class ProcessManager
{
    [KernelExport("ntoskrnl.exe", Doc = "PsGetCurrentProcess, WDK reference")]
    internal VirtualAddress PsGetCurrentProcess() => CurrentProcess;

    [KernelExport("ntoskrnl.exe", Doc = "IoGetCurrentProcess, WDK reference")]
    internal VirtualAddress IoGetCurrentProcess() => CurrentProcess;

    [KernelExport("ntoskrnl.exe", Doc = "PsGetCurrentThread, WDK reference")]
    internal VirtualAddress PsGetCurrentThread() => _kernel.CurrentThread.Address;

    [KernelExport("ntoskrnl.exe", Doc = "KeGetCurrentThread, WDK reference")]
    internal VirtualAddress KeGetCurrentThread() => _kernel.CurrentThread.Address;

    [KernelExport("ntoskrnl.exe", Doc = "PsGetCurrentProcessId, WDK reference")]
    internal HandleValue PsGetCurrentProcessId() => PsGetProcessId(new EProcess(Memory, CurrentProcess));

    [KernelExport("ntoskrnl.exe", Doc = "PsGetCurrentThreadId, WDK reference")]
    internal HandleValue PsGetCurrentThreadId() => PsGetThreadId(new EThread(Memory, _kernel.CurrentThread.Address));

    [KernelExport("ntoskrnl.exe", Doc = "PsGetProcessId, WDK reference")]
    internal HandleValue PsGetProcessId(EProcess process) => process.UniqueProcessId;

    [KernelExport("ntoskrnl.exe", Doc = "PsGetProcessInheritedFromUniqueProcessId: the field of that name, public symbols")]
    internal HandleValue PsGetProcessInheritedFromUniqueProcessId(EProcess process) => process.InheritedFromUniqueProcessId;

    [KernelExport("ntoskrnl.exe", Doc = "PsGetProcessImageFileName: address of EPROCESS.ImageFileName, public symbols")]
    internal VirtualAddress PsGetProcessImageFileName(EProcess process) => process.ImageFileName.Address;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "PsGetProcessExitStatus, WDK reference")]
    internal NtStatus PsGetProcessExitStatus(EProcess process) => process.ExitStatus;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "PsGetProcessCreateTimeQuadPart, WDK reference")]
    internal long PsGetProcessCreateTimeQuadPart(EProcess process) => process.CreateTime;

    [KernelExport("ntoskrnl.exe", Doc = "PsGetThreadId, WDK reference")]
    internal HandleValue PsGetThreadId(EThread thread) => thread.UniqueThread;

    [KernelExport("ntoskrnl.exe", Doc = "PsGetThreadProcessId, WDK reference")]
    internal HandleValue PsGetThreadProcessId(EThread thread) => thread.UniqueProcess;

    [KernelExport("ntoskrnl.exe", Doc = "PsGetThreadProcess: the process that a thread belongs to, IoThreadToProcess in the WDK reference")]
    internal VirtualAddress PsGetThreadProcess(EThread thread) => thread.Tcb.Process?.Address ?? VirtualAddress.Null;

    [KernelExport("ntoskrnl.exe", Doc = "IoThreadToProcess, WDK reference")]
    internal VirtualAddress IoThreadToProcess(EThread thread) => PsGetThreadProcess(thread);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "PsGetThreadExitStatus, WDK reference")]
    internal NtStatus PsGetThreadExitStatus(EThread thread) => ExitStatusOf(thread.Address);

    [KernelExport("ntoskrnl.exe", Doc = "PsIsSystemThread, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "IoIsSystemThread", Doc = "IoIsSystemThread, ntifs.h")]
    internal NtBoolean PsIsSystemThread(EThread thread) => thread.Tcb.Process?.Address == SystemProcess;

    [KernelExport("ntoskrnl.exe", Doc = "PsIsThreadTerminating, WDK reference")]
    internal NtBoolean PsIsThreadTerminating(EThread thread) => !_kernelThreads.ContainsKey(thread.Address);

    /// <summary>TRUE while the process is exiting or has exited; the exported name is a question, not an order.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "PsGetProcessExitProcessCalled: ProcessExiting of EPROCESS.Flags, public symbols")]
    internal NtBoolean PsGetProcessExitProcessCalled(EProcess process) => !_processes.ContainsKey(process.UniqueProcessId.Value);

    [KernelExport("ntoskrnl.exe", Doc = "PsGetProcessWow64Process: null for 64-bit processes, as all of the lab are")]
    internal VirtualAddress PsGetProcessWow64Process(EProcess process) => VirtualAddress.Null;

    [KernelExport("ntoskrnl.exe", Doc = "PsGetCurrentProcessWow64Process: PsGetProcessWow64Process of the current process")]
    internal VirtualAddress PsGetCurrentProcessWow64Process() => VirtualAddress.Null;

    [KernelExport("ntoskrnl.exe", Doc = "PsIsProtectedProcess, ntoskrnl exports (phnt): no process of the lab is protected")]
    [KernelExport("ntoskrnl.exe", Name = "PsIsProtectedProcessLight", Doc = "PsIsProtectedProcessLight: no process of the lab is protected")]
    internal NtBoolean PsIsProtectedProcess(EProcess process) => false;

    [KernelExport("ntoskrnl.exe", Doc = "PsGetThreadSessionId: PsGetProcessSessionId of the thread's process")]
    internal uint PsGetThreadSessionId(EThread thread) => 0;

    [KernelExport("ntoskrnl.exe", Doc = "PsGetProcessPeb: EPROCESS.Peb, public symbols")]
    internal VirtualAddress PsGetProcessPeb(EProcess process) => process.Peb;

    [KernelExport("ntoskrnl.exe", Doc = "PsGetProcessJob: null without a job, and the lab makes none")]
    internal VirtualAddress PsGetProcessJob(EProcess process) => VirtualAddress.Null;

    [KernelExport("ntoskrnl.exe", Doc = "PsIsProcessBeingDebugged: the lab attaches no debugger")]
    internal NtBoolean PsIsProcessBeingDebugged(EProcess process) => false;

    [KernelExport("ntoskrnl.exe", Doc = "PsGetThreadTeb: KTHREAD.Teb, public symbols")]
    internal VirtualAddress PsGetThreadTeb(KThread thread) => thread.Teb;

    [KernelExport("ntoskrnl.exe", Doc = "PsGetCurrentThreadTeb, WDK reference")]
    internal VirtualAddress PsGetCurrentThreadTeb() => new KThread(Memory, _kernel.CurrentThread.Address).Teb;

    /// <summary>Finds a process and takes a reference that the caller gives back.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "PsLookupProcessByProcessId, WDK reference")]
    internal NtStatus PsLookupProcessByProcessId(HandleValue processId, VirtualAddress process)
    {
        // Doc: STATUS_INVALID_CID is what the header names; the routine returns STATUS_INVALID_PARAMETER for an unknown identifier.
        if (FindProcess(processId.Value) is not { } found)
            return NtStatus.InvalidParameter;
        _kernel.Ob.Reference(found, ReferenceCause.ExplicitReference);
        Memory.WritePointer(process, found);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "PsLookupThreadByThreadId, WDK reference")]
    internal NtStatus PsLookupThreadByThreadId(HandleValue threadId, VirtualAddress thread)
    {
        if (FindThread(threadId.Value) is not { } found)
            return NtStatus.InvalidParameter;
        _kernel.Ob.Reference(found, ReferenceCause.ExplicitReference);
        Memory.WritePointer(thread, found);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "PsLookupProcessThreadByCid: both look-ups by CLIENT_ID, public symbols")]
    internal NtStatus PsLookupProcessThreadByCid(VirtualAddress clientId, VirtualAddress process, VirtualAddress thread)
    {
        if (FindThread(Memory.ReadUInt64(clientId + 8)) is not { } found)
            return NtStatus.InvalidCid;
        var owner = PsGetThreadProcess(new EThread(Memory, found));
        if (!process.IsNull)
        {
            _kernel.Ob.Reference(owner, ReferenceCause.ExplicitReference);
            Memory.WritePointer(process, owner);
        }

        _kernel.Ob.Reference(found, ReferenceCause.ExplicitReference);
        Memory.WritePointer(thread, found);
        return NtStatus.Success;
    }

    /// <summary>Version numbers of the build; a service pack for Windows 7 only.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "PsGetVersion, WDK reference: FALSE for a free build")]
    internal NtBoolean PsGetVersion(VirtualAddress majorVersion, VirtualAddress minorVersion, VirtualAddress buildNumber, VirtualAddress csdVersion)
    {
        var old = (int)_kernel.Build < 9200;
        if (!majorVersion.IsNull)
            Memory.WriteUInt32(majorVersion, old ? 6u : 10u);
        if (!minorVersion.IsNull)
            Memory.WriteUInt32(minorVersion, old ? 1u : 0u);
        if (!buildNumber.IsNull)
            Memory.WriteUInt32(buildNumber, (uint)_kernel.Build);
        if (!csdVersion.IsNull)
        {
            if (_servicePack.IsNull)
            {
                _servicePack = _kernel.Ex.NonPagedPool.Allocate((ulong)UnicodeString.SizeOf(Memory.Layout), PoolTags.String, null);
                _kernel.Rtl.WriteString(new UnicodeString(Memory, _servicePack), old ? "Service Pack 1" : "", PoolTags.String);
            }

            var source = new UnicodeString(Memory, _servicePack);
            var target = new UnicodeString(Memory, csdVersion);
            target.SetLength(Memory, source.Length);
            target.SetMaximumLength(Memory, source.MaximumLength);
            target.SetBuffer(Memory, source.Buffer);
        }

        return false;
    }

    private VirtualAddress _servicePack;

    /// <summary>Makes another process's context that of the thread; the state is kept where the caller says.</summary>
    /// <remarks>Processes of the lab share one address space in which each has its own part, so only the current process changes.</remarks>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "KeStackAttachProcess, WDK reference")]
    internal void KeStackAttachProcess(KProcess process, KApcState apcState)
    {
        var thread = _kernel.CurrentThread;
        apcState.SetProcess(Memory, new KProcess(Memory, thread.Process));
        thread.Process = process.Address;
        new KThread(Memory, thread.Address).ApcState.SetProcess(Memory, process);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "KeUnstackDetachProcess, WDK reference")]
    internal void KeUnstackDetachProcess(KApcState apcState)
    {
        if (apcState.Process is not { } before)
            return;
        var thread = _kernel.CurrentThread;
        thread.Process = before.Address;
        new KThread(Memory, thread.Address).ApcState.SetProcess(Memory, before);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "KeAttachProcess, WDK reference; Bug Check 0x5")]
    internal void KeAttachProcess(KProcess process)
    {
        var thread = _kernel.CurrentThread;
        if (_attachedFrom.ContainsKey(thread.Address))
            throw MachineStopException.BugCheck(0x5, "KeAttachProcess on a thread that is attached already", process.Address.Value, thread.Process.Value);
        _attachedFrom.Add(thread.Address, thread.Process);
        thread.Process = process.Address;
        new KThread(Memory, thread.Address).ApcState.SetProcess(Memory, process);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "KeDetachProcess, WDK reference")]
    internal void KeDetachProcess()
    {
        var thread = _kernel.CurrentThread;
        if (!_attachedFrom.Remove(thread.Address, out var before))
            return;
        thread.Process = before;
        new KThread(Memory, thread.Address).ApcState.SetProcess(Memory, new KProcess(Memory, before));
    }

    private readonly Dictionary<VirtualAddress, VirtualAddress> _attachedFrom = [];

    /// <summary>Holds off the end of a process; the lab's processes end only through the lab, which asks here first.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "PsAcquireProcessExitSynchronization: rundown of EPROCESS.RundownProtect, public symbols")]
    internal NtStatus PsAcquireProcessExitSynchronization(EProcess process) =>
        _processes.ContainsKey(process.UniqueProcessId.Value) ? NtStatus.Success : NtStatus.ProcessIsTerminating;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "PsReleaseProcessExitSynchronization: rundown of EPROCESS.RundownProtect, public symbols",
        NoEffect = "a process of the lab never ends while a driver routine of another runs on the only processor without waiting")]
    internal void PsReleaseProcessExitSynchronization(EProcess process)
    {
    }
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>System threads of drivers.</summary>
internal sealed partial class ProcessManager
{
    private const uint ThreadAllAccess = 0x1F_FFFF;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.53")]
    internal async GuestTask<NtStatus> PsCreateSystemThread(
        VirtualAddress threadHandle, uint desiredAccess, VirtualAddress objectAttributes, HandleValue processHandle,
        VirtualAddress clientId, VirtualAddress startRoutine, VirtualAddress startContext)
    {
        var (status, process) = TargetProcess(processHandle);
        if (!status.IsSuccess)
            return status;
        await CreateDriverThread(
            threadHandle, desiredAccess, objectAttributes, process, clientId, startRoutine, startContext, RegistrationKind.SystemThread, VirtualAddress.Null);
        return NtStatus.Success;
    }

    /// <summary>As PsCreateSystemThread, with a reference on the driver or device until the thread has ended.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Spec = "U-6.54")]
    internal async GuestTask<NtStatus> IoCreateSystemThread(
        VirtualAddress ioObject, VirtualAddress threadHandle, uint desiredAccess, VirtualAddress objectAttributes, HandleValue processHandle,
        VirtualAddress clientId, VirtualAddress startRoutine, VirtualAddress startContext)
    {
        var (status, process) = TargetProcess(processHandle);
        if (!status.IsSuccess)
            return status;
        await CreateDriverThread(
            threadHandle, desiredAccess, objectAttributes, process, clientId, startRoutine, startContext, RegistrationKind.IoSystemThread, ioObject);
        return NtStatus.Success;
    }

    /// <summary>Ends the calling system thread; it does not return.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "PsTerminateSystemThread, WDK reference")]
    internal async GuestTask<NtStatus> PsTerminateSystemThread(NtStatus exitStatus)
    {
        var thread = _kernel.CurrentThread;
        if (thread.Process != SystemProcess)
            return NtStatus.InvalidParameter;
        await EndDriverThread(thread, exitStatus);
        return exitStatus;
    }

    private readonly Dictionary<VirtualAddress, (RegistrationKind Kind, VirtualAddress IoObject)> _driverThreads = [];

    private async GuestTask CreateDriverThread(
        VirtualAddress threadHandle, uint desiredAccess, VirtualAddress objectAttributes, VirtualAddress process,
        VirtualAddress clientId, VirtualAddress routine, VirtualAddress context, RegistrationKind kind, VirtualAddress ioObject)
    {
        // OBJECT_ATTRIBUTES.Attributes is at 18h; OBJ_KERNEL_HANDLE is 200h. A thread of another process gets its handle there.
        var kernelHandle = !objectAttributes.IsNull && (Memory.ReadUInt32(objectAttributes + 0x18) & 0x200) != 0;
        var thread = NewThread(process, $"thread of {_kernel.Images.SiteOf(routine)}", SystemThreadPriority, routine);
        var ethread = new EThread(Memory, thread.Address);
        var access = desiredAccess is 0 or 0x0200_0000 or 0x1000_0000 ? ThreadAllAccess : desiredAccess;
        var handle = _kernel.Ob.CreateHandle(CurrentProcess, thread.Address, access, kernelHandle);
        Memory.WriteUInt64(threadHandle, handle.Value);
        if (!clientId.IsNull)
        {
            Memory.WriteUInt64(clientId, ethread.UniqueProcess.Value);
            Memory.WriteUInt64(clientId + 8, ethread.UniqueThread.Value);
        }

        if (!ioObject.IsNull)
            _kernel.Ob.Reference(ioObject, ReferenceCause.SystemThread, thread.Address);
        _driverThreads.Add(thread.Address, (kind, ioObject));
        _kernel.Record(new RegistrationRecord(kind, true, thread.Address, routine, ioObject));
        _kernel.Scheduler.Start(thread, t => RunDriverThread(t, routine, context));
        await NotifyThread(thread, created: true);
    }

    private async GuestTask RunDriverThread(KernelThread thread, VirtualAddress routine, VirtualAddress context)
    {
        var status = await _kernel.CallDriver(DriverCallKind.Thread, VirtualAddress.Null, thread, routine, context.Value);
        _ = status;
        await EndDriverThread(thread, NtStatus.Success);
    }

    private async GuestTask EndDriverThread(KernelThread thread, NtStatus exitStatus)
    {
        if (_driverThreads.Remove(thread.Address, out var made))
        {
            _kernel.Record(new RegistrationRecord(made.Kind, false, thread.Address, thread.StartAddress, made.IoObject));
            if (!made.IoObject.IsNull)
                _kernel.Ob.DereferenceDeferDelete(made.IoObject, ReferenceCause.SystemThread, thread.Address);
        }

        await FinishThread(thread, exitStatus);
    }

    /// <summary>The process that a handle names; without one the System process.</summary>
    private (NtStatus Status, VirtualAddress Process) TargetProcess(HandleValue handle)
    {
        if (handle.IsNull)
            return (NtStatus.Success, SystemProcess);
        if (handle.Value == ulong.MaxValue)
            return (NtStatus.Success, CurrentProcess);
        if (_kernel.Ob.FindHandle(CurrentProcess, handle) is not { } open)
            return (NtStatus.InvalidHandle, VirtualAddress.Null);
        return _kernel.Ob.KindOf(open.Body) == ObjectKind.Process
            ? (NtStatus.Success, open.Body)
            : (NtStatus.ObjectTypeMismatch, VirtualAddress.Null);
    }
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Questions about processes and threads through their handles.</summary>
internal sealed partial class ProcessManager
{
    private const ulong CurrentProcessHandle = ulong.MaxValue;
    private const ulong CurrentThreadHandle = ulong.MaxValue - 1;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwQueryInformationProcess, WDK reference",
        Missing = "classes other than basic information, debug port, session, WOW64 state, image file name, break on termination")]
    [KernelExport("ntoskrnl.exe", Name = "NtQueryInformationProcess", MaxIrql = Irql.Passive, Doc = "NtQueryInformationProcess, Win32 reference",
        Missing = "classes other than basic information, debug port, session, WOW64 state, image file name, break on termination")]
    internal NtStatus ZwQueryInformationProcess(
        HandleValue processHandle, int processInformationClass, VirtualAddress processInformation, uint processInformationLength, VirtualAddress returnLength)
    {
        const int basic = 0, debugPort = 7, session = 24, wow64 = 26, imageFileName = 27, breakOnTermination = 29;
        if (ProcessOf(processHandle) is not { } body)
            return NtStatus.InvalidHandle;
        var process = new EProcess(Memory, body);
        switch (processInformationClass)
        {
            case basic:
                // PROCESS_BASIC_INFORMATION: ExitStatus 0, PebBaseAddress 8, AffinityMask 10, BasePriority 18, UniqueProcessId 20, parent 28.
                var data = new byte[0x30];
                BitConverter.TryWriteBytes(data, process.ExitStatus.Value);
                BitConverter.TryWriteBytes(data.AsSpan(8), process.Peb.Value);
                BitConverter.TryWriteBytes(data.AsSpan(0x10), 1UL);
                BitConverter.TryWriteBytes(data.AsSpan(0x18), (int)process.Pcb.BasePriority);
                BitConverter.TryWriteBytes(data.AsSpan(0x20), process.UniqueProcessId.Value);
                BitConverter.TryWriteBytes(data.AsSpan(0x28), process.InheritedFromUniqueProcessId.Value);
                return Answer(data, processInformation, processInformationLength, returnLength, exact: true);
            case session or breakOnTermination:
                return Answer(new byte[4], processInformation, processInformationLength, returnLength, exact: true);
            case debugPort or wow64:
                return Answer(new byte[8], processInformation, processInformationLength, returnLength, exact: true);
            case imageFileName:
                var text = System.Text.Encoding.Unicode.GetBytes(body == SystemProcess ? "" : @"\Device\HarddiskVolume1\" + ImageNameOf(body));
                var named = new byte[0x10 + text.Length + 2];
                BitConverter.TryWriteBytes(named, (ushort)text.Length);
                BitConverter.TryWriteBytes(named.AsSpan(2), (ushort)(text.Length + 2));
                BitConverter.TryWriteBytes(named.AsSpan(8), (processInformation + 0x10).Value);
                text.CopyTo(named, 0x10);
                return Answer(named, processInformation, processInformationLength, returnLength, exact: false);
            default:
                throw MachineStopException.Unsupported(UnsupportedKind.Case, $"ZwQueryInformationProcess with class {processInformationClass}");
        }
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwQueryInformationThread, Win32 reference (NtQueryInformationThread)",
        Missing = "classes other than basic information and start address")]
    [KernelExport("ntoskrnl.exe", Name = "NtQueryInformationThread", MaxIrql = Irql.Passive, Doc = "NtQueryInformationThread, Win32 reference",
        Missing = "classes other than basic information and start address")]
    internal NtStatus ZwQueryInformationThread(
        HandleValue threadHandle, int threadInformationClass, VirtualAddress threadInformation, uint threadInformationLength, VirtualAddress returnLength)
    {
        const int basic = 0, startAddress = 9;
        if (ThreadOf(threadHandle) is not { } body)
            return NtStatus.InvalidHandle;
        var thread = new EThread(Memory, body);
        switch (threadInformationClass)
        {
            case basic:
                // THREAD_BASIC_INFORMATION: ExitStatus 0, TebBaseAddress 8, ClientId 10, AffinityMask 20, Priority 28, BasePriority 2C.
                var data = new byte[0x30];
                BitConverter.TryWriteBytes(data, ExitStatusOf(body).Value);
                BitConverter.TryWriteBytes(data.AsSpan(8), thread.Tcb.Teb.Value);
                BitConverter.TryWriteBytes(data.AsSpan(0x10), thread.UniqueProcess.Value);
                BitConverter.TryWriteBytes(data.AsSpan(0x18), thread.UniqueThread.Value);
                BitConverter.TryWriteBytes(data.AsSpan(0x20), 1UL);
                BitConverter.TryWriteBytes(data.AsSpan(0x28), (int)thread.Tcb.Priority);
                BitConverter.TryWriteBytes(data.AsSpan(0x2C), (int)thread.Tcb.BasePriority);
                return Answer(data, threadInformation, threadInformationLength, returnLength, exact: true);
            case startAddress:
                return Answer(BitConverter.GetBytes(thread.StartAddress.Value), threadInformation, threadInformationLength, returnLength, exact: true);
            default:
                throw MachineStopException.Unsupported(UnsupportedKind.Case, $"ZwQueryInformationThread with class {threadInformationClass}");
        }
    }

    /// <summary>Ends a process that no thread of its own is running in.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "ZwTerminateProcess, WDK reference", Missing = "a process with threads, and the calling one")]
    internal async GuestTask<NtStatus> ZwTerminateProcess(HandleValue processHandle, NtStatus exitStatus)
    {
        if (ProcessOf(processHandle) is not { } body)
            return NtStatus.InvalidHandle;
        if (!_processes.ContainsValue(body))
            return NtStatus.ProcessIsTerminating;
        if (body == CurrentProcess || new EProcess(Memory, body).ActiveThreads != 0)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, "ZwTerminateProcess of a process whose threads run");
        await ExitProcess(body, exitStatus);
        return NtStatus.Success;
    }

    private VirtualAddress? ProcessOf(HandleValue handle)
    {
        if (handle.Value == CurrentProcessHandle)
            return CurrentProcess;
        return _kernel.Ob.FindHandle(CurrentProcess, handle) is { } open && _kernel.Ob.KindOf(open.Body) == ObjectKind.Process ? open.Body : null;
    }

    private VirtualAddress? ThreadOf(HandleValue handle)
    {
        if (handle.Value == CurrentThreadHandle)
            return _kernel.CurrentThread.Address;
        return _kernel.Ob.FindHandle(CurrentProcess, handle) is { } open && _kernel.Ob.KindOf(open.Body) == ObjectKind.Thread ? open.Body : null;
    }

    private NtStatus Answer(byte[] data, VirtualAddress buffer, uint length, VirtualAddress returnLength, bool exact)
    {
        if (!returnLength.IsNull)
            Memory.WriteUInt32(returnLength, (uint)data.Length);
        if (exact ? length != data.Length : length < data.Length)
            return NtStatus.InfoLengthMismatch;
        Memory.Write(buffer, data);
        return NtStatus.Success;
    }
}

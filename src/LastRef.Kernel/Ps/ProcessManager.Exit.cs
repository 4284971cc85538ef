using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The end of processes.</summary>
internal sealed partial class ProcessManager
{
    /// <summary>Processes that are ending: their handles are still theirs until each is closed.</summary>
    private readonly HashSet<VirtualAddress> _exiting = [];

    /// <summary>
    /// Ends an application that has no running thread of its own left: handles are closed in the order of their values, then the process
    /// object is signalled. Runs on any thread; its context becomes that of the process while handles are closed.
    /// </summary>
    public async GuestTask ExitProcess(VirtualAddress process, NtStatus exitStatus)
    {
        var thread = _kernel.CurrentThread;
        var before = thread.Process;
        thread.Process = process;
        await FinishProcess(process, exitStatus);
        thread.Process = before;
    }

    private async GuestTask FinishProcess(VirtualAddress process, NtStatus exitStatus)
    {
        var eprocess = new EProcess(Memory, process);
        var id = eprocess.UniqueProcessId.Value;
        if (!_processes.ContainsKey(id) || !_exiting.Add(process))
            return;
        await NotifyProcess(process, created: false);

        await _kernel.Io.CancelProcessRequests(process);

        // Process exit closes what is open (spec 9.3): the close of one handle may open or close others.
        while (_kernel.Ob.HandlesOf(process).Select(h => (HandleValue?)h.Value).FirstOrDefault() is { } handle)
            await _kernel.Ob.CloseHandle(process, handle, evenIfProtected: true);
        _processes.Remove(id);
        _exiting.Remove(process);
        eprocess.SetExitStatus(Memory, exitStatus);
        eprocess.SetExitTime(Memory, _kernel.Ke.SystemTime100ns);
        _kernel.Ke.Signal(process, 1);
        await _kernel.Ob.Dereference(process, ReferenceCause.KeepAlive);
    }
}

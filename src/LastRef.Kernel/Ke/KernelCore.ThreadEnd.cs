namespace LastRef.Kernel;

/// <summary>What the end of a thread does to the objects that others wait for.</summary>
internal sealed partial class KernelCore
{
    /// <summary>The running thread has ended: its mutexes are abandoned, the queue that it served goes on without it, its APCs die, and its object is signalled.</summary>
    public void OnThreadTerminated(KernelThread thread)
    {
        AbandonMutants(thread);
        LeaveQueue(thread);
        foreach (var (_, apc) in _apcs.Where(a => a.Thread == thread).ToArray())
        {
            var dead = new Nt.KApc(Memory, apc);
            if (!dead.RundownRoutine.IsNull)
                throw MachineStopException.Unsupported(UnsupportedKind.Case, "the rundown routine of an APC whose thread has ended");
            EndApc(dead);
        }

        Signal(thread.Address, 1);
        _kernel.Ps.OnThreadTerminated(thread);
    }
}

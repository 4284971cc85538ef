using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Deferred procedure calls: they run when IRQL falls below DISPATCH_LEVEL.</summary>
internal sealed partial class KernelCore
{
    /// <summary>KDPC.Importance of HighImportance (KDPC_IMPORTANCE, WDK).</summary>
    private const byte HighImportance = 2;

    private readonly List<VirtualAddress> _dpcs = [];
    private bool _drainingDpcs;

    public bool HasQueuedDpcs => _dpcs.Count > 0 && !_drainingDpcs && !InterruptsDisabled;

    /// <summary>DPCs that are queued, in the order in which they will run.</summary>
    public IReadOnlyList<VirtualAddress> QueuedDpcs => _dpcs;

    /// <returns>False when the DPC is queued already (Doc: KeInsertQueueDpc).</returns>
    public bool QueueDpc(VirtualAddress address, VirtualAddress argument1, VirtualAddress argument2)
    {
        if (_dpcs.Contains(address))
            return false;
        var dpc = new KDpc(Memory, address);
        dpc.SetSystemArgument1(Memory, argument1);
        dpc.SetSystemArgument2(Memory, argument2);
        dpc.SetDpcData(Memory, _prcb);

        // High importance goes to the head (Doc: KeSetImportanceDpc).
        if (dpc.Importance == HighImportance)
            _dpcs.Insert(0, address);
        else
            _dpcs.Add(address);
        BeginDpcRegistration(dpc);
        return true;
    }

    public bool RemoveDpc(VirtualAddress address)
    {
        if (!_dpcs.Remove(address))
            return false;
        new KDpc(Memory, address).SetDpcData(Memory, VirtualAddress.Null);
        EndDpcRegistration(address);
        if (!_drainingDpcs)
            WakeDpcFlushers();
        return true;
    }

    /// <summary>Runs the queued DPCs at DISPATCH_LEVEL on top of what the thread was doing.</summary>
    public async GuestTask DrainDpcs(KernelThread thread)
    {
        var before = CurrentIrql;
        _drainingDpcs = true;
        while (_dpcs.Count > 0 && _kernel.Stop is null)
        {
            var address = _dpcs[0];
            _dpcs.RemoveAt(0);
            try
            {
                var dpc = new KDpc(Memory, address);
                dpc.SetDpcData(Memory, VirtualAddress.Null);
                var (routine, context, first, second) = (dpc.DeferredRoutine, dpc.DeferredContext, dpc.SystemArgument1, dpc.SystemArgument2);
                EndDpcRegistration(address);
                CurrentIrql = Irql.Dispatch;
                await _kernel.CallDriver(
                    DriverCallKind.Dpc, VirtualAddress.Null, thread, routine, address.Value, context.Value, first.Value, second.Value);
                CheckDpcIrql(routine);
            }
            catch (TargetReadException fault)
            {
                throw MemoryFault(fault.Address, AccessKind.Read, _kernel.ReturnThunk.Value, "a queued DPC", inKernel: true);
            }
        }

        CurrentIrql = before;
        _drainingDpcs = false;
        WakeDpcFlushers();
    }

    private void CheckDpcIrql(VirtualAddress routine)
    {
        if (CurrentIrql != Irql.Dispatch)
        {
            // Doc: "Bug Check 0xC8: IRQL_UNEXPECTED_VALUE".
            throw MachineStopException.BugCheck(
                0xC8, $"the DPC routine {_kernel.Images.SiteOf(routine)} returned at IRQL {(int)CurrentIrql}",
                ((ulong)CurrentIrql << 16) | ((ulong)Irql.Dispatch << 8), 0, 0, routine.Value);
        }
    }
}

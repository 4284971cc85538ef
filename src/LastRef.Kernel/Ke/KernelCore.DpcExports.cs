using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>DPCs of drivers.</summary>
internal sealed partial class KernelCore
{
    /// <summary>KDPC.Type of a threaded DPC: 24, 26 from Windows 8 on (KOBJECTS, public symbols).</summary>
    private int ThreadedDpcType => (int)_kernel.Build < 9200 ? 24 : 26;

    private const ushort FirstProcessorTarget = 0x0800;
    private readonly Dictionary<VirtualAddress, VirtualAddress> _dpcRoutines = [];
    private VirtualAddress _dpcFlushEvent;

    [KernelExport("ntoskrnl.exe", Doc = "KeInitializeDpc, WDK reference")]
    internal void KeInitializeDpc(VirtualAddress dpc, VirtualAddress deferredRoutine, VirtualAddress deferredContext) =>
        InitializeDpc(dpc, (int)DispatcherType.Dpc, deferredRoutine, deferredContext);

    /// <summary>Threaded DPCs run at PASSIVE_LEVEL in their own thread or, where disabled, as ordinary ones; the lab runs them as ordinary ones.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "KeInitializeThreadedDpc, WDK reference: drivers must expect both ways to be called")]
    internal void KeInitializeThreadedDpc(VirtualAddress dpc, VirtualAddress deferredRoutine, VirtualAddress deferredContext) =>
        InitializeDpc(dpc, ThreadedDpcType, deferredRoutine, deferredContext);

    [KernelExport("ntoskrnl.exe", Spec = "U-6.57")]
    internal NtBoolean KeInsertQueueDpc(VirtualAddress dpc, VirtualAddress systemArgument1, VirtualAddress systemArgument2) =>
        QueueDpc(dpc, systemArgument1, systemArgument2);

    [KernelExport("ntoskrnl.exe", Spec = "U-6.57")]
    internal NtBoolean KeRemoveQueueDpc(VirtualAddress dpc) => RemoveDpc(dpc);

    [KernelExport("ntoskrnl.exe", Doc = "KeRemoveQueueDpcEx, WDK reference: optionally waits until the routine has returned")]
    internal async GuestTask<NtBoolean> KeRemoveQueueDpcEx(VirtualAddress dpc, NtBoolean waitIfActive)
    {
        var removed = RemoveDpc(dpc);
        if (waitIfActive && !removed)
            await FlushDpcs();
        return removed;
    }

    [KernelExport("ntoskrnl.exe", Doc = "KeSetImportanceDpc, WDK reference")]
    internal void KeSetImportanceDpc(KDpc dpc, int importance) => dpc.SetImportance(Memory, (byte)importance);

    /// <summary>The only processor is number 0; the field counts from 0x800 (public symbols: KDPC.Number plus the maximum processor count).</summary>
    [KernelExport("ntoskrnl.exe", Doc = "KeSetTargetProcessorDpc, WDK reference")]
    internal void KeSetTargetProcessorDpc(KDpc dpc, sbyte number) => dpc.SetNumber(Memory, (ushort)(FirstProcessorTarget + (byte)number));

    [KernelExport("ntoskrnl.exe", Doc = "KeSetTargetProcessorDpcEx, WDK reference")]
    internal NtStatus KeSetTargetProcessorDpcEx(KDpc dpc, VirtualAddress procNumber)
    {
        // PROCESSOR_NUMBER: Group 0, Number 2.
        if (Memory.ReadUInt16(procNumber) != 0 || Memory.ReadByte(procNumber + 2) != 0)
            return NtStatus.InvalidParameter;
        dpc.SetNumber(Memory, FirstProcessorTarget);
        return NtStatus.Success;
    }

    /// <summary>Returns when every DPC that is queued now has run (L-11).</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "KeFlushQueuedDpcs, WDK reference")]
    internal GuestTask KeFlushQueuedDpcs() => FlushDpcs();

    /// <summary>Waits until the DPC queue is empty and no DPC runs.</summary>
    public async GuestTask FlushDpcs()
    {
        if (_dpcs.Count == 0 && !_drainingDpcs)
            return;
        if (_dpcFlushEvent.IsNull)
        {
            _dpcFlushEvent = _kernel.Ex.NonPagedPool.Allocate((ulong)KEvent.SizeOf(Memory.Layout), PoolTags.Object, null);
            InitializeEvent(_dpcFlushEvent, synchronization: false, signalled: false);
        }

        Signal(_dpcFlushEvent, 0);
        await Wait(_dpcFlushEvent);
    }

    /// <summary>The queue is empty: those who wait for that go on.</summary>
    public void WakeDpcFlushers()
    {
        if (_dpcs.Count == 0 && !_dpcFlushEvent.IsNull)
            Signal(_dpcFlushEvent, 1);
    }

    private void InitializeDpc(VirtualAddress address, int type, VirtualAddress routine, VirtualAddress context)
    {
        var dpc = new KDpc(Memory, address);
        dpc.SetType(Memory, (DispatcherType)type);
        dpc.SetImportance(Memory, 1);
        dpc.SetNumber(Memory, 0);
        dpc.SetDeferredRoutine(Memory, routine);
        dpc.SetDeferredContext(Memory, context);
        dpc.SetDpcData(Memory, VirtualAddress.Null);
    }

    private void BeginDpcRegistration(KDpc dpc)
    {
        _dpcRoutines[dpc.Address] = dpc.DeferredRoutine;
        _kernel.Record(new RegistrationRecord(RegistrationKind.Dpc, true, dpc.Address, dpc.DeferredRoutine, VirtualAddress.Null));
    }

    private void EndDpcRegistration(VirtualAddress dpc)
    {
        if (_dpcRoutines.Remove(dpc, out var routine))
            _kernel.Record(new RegistrationRecord(RegistrationKind.Dpc, false, dpc, routine, VirtualAddress.Null));
    }
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Events, semaphores and mutexes.</summary>
internal sealed partial class KernelCore
{
    /// <summary>KMUTANT.Type is 2 like that of user-mode mutants; ApcDisable is 1 for KeInitializeMutex, 0 for mutants.</summary>
    private const int MutantBytes = 0x38;

    public void InitializeEvent(VirtualAddress address, bool synchronization, bool signalled) =>
        InitializeHeader(address, synchronization ? DispatcherType.EventSynchronization : DispatcherType.EventNotification, 0x18, signalled ? 1 : 0);

    public void InitializeSemaphore(VirtualAddress address, int count, int limit)
    {
        InitializeHeader(address, DispatcherType.Semaphore, 0x20, count);
        new KSemaphore(Memory, address).SetLimit(Memory, limit);
    }

    /// <summary>Adds to a semaphore's count.</summary>
    /// <returns>The count before.</returns>
    /// <exception cref="GuestRaisedException">The limit would be passed (Doc: KeReleaseSemaphore raises STATUS_SEMAPHORE_LIMIT_EXCEEDED).</exception>
    public int ReleaseSemaphore(VirtualAddress address, int adjustment)
    {
        var semaphore = new KSemaphore(Memory, address);
        var before = semaphore.Header.SignalState;
        if (adjustment < 0 || (long)before + adjustment > semaphore.Limit)
            throw new GuestRaisedException(NtStatus.SemaphoreLimitExceeded);
        return Signal(address, before + adjustment);
    }

    public void InitializeMutant(VirtualAddress address, bool initialOwner, byte apcDisable)
    {
        InitializeHeader(address, DispatcherType.Mutant, MutantBytes, 1);
        var mutant = new KMutant(Memory, address);
        mutant.SetOwnerThread(Memory, null);
        mutant.SetAbandoned(Memory, 0);
        mutant.SetApcDisable(Memory, apcDisable);
        InitializeList(mutant.MutantListEntry.Address);
        if (initialOwner)
            AcquireMutant(_kernel.CurrentThread, mutant);
    }

    /// <summary>Gives a mutex back; the last release lets the next waiter in.</summary>
    /// <returns>The signal state before: 0 when owned once, negative when more often.</returns>
    /// <exception cref="GuestRaisedException">The caller does not own it (Doc: KeReleaseMutex).</exception>
    public int ReleaseMutant(VirtualAddress address)
    {
        var thread = _kernel.CurrentThread;
        var mutant = new KMutant(Memory, address);
        if (mutant.OwnerThread?.Address != thread.Address)
            throw new GuestRaisedException((mutant.Abandoned & 1) != 0 ? NtStatus.Abandoned : NtStatus.MutantNotOwned);
        var before = mutant.Header.SignalState;
        mutant.Header.SetSignalState(Memory, before + 1);
        if (before + 1 < 1)
            return before;
        RemoveEntry(mutant.MutantListEntry.Address);
        mutant.SetOwnerThread(Memory, null);
        ChangeApcDisable(thread, mutant.ApcDisable);
        WakeWaiters(address);
        return before;
    }

    private void AcquireMutant(KernelThread thread, KMutant mutant)
    {
        var state = mutant.Header.SignalState - 1;
        mutant.Header.SetSignalState(Memory, state);
        if (state != 0)
            return;
        mutant.SetOwnerThread(Memory, new KThread(Memory, thread.Address));
        InsertTail(new KThread(Memory, thread.Address).MutantListHead.Address, mutant.MutantListEntry.Address);
        ChangeApcDisable(thread, -mutant.ApcDisable);
    }

    /// <summary>What becomes of mutexes that a thread owns when it ends.</summary>
    private void AbandonMutants(KernelThread thread)
    {
        var head = new KThread(Memory, thread.Address).MutantListHead.Address;
        while (RemoveHead(head) is { } entry)
        {
            var mutant = new KMutant(Memory, entry - (ulong)(new KMutant(Memory, VirtualAddress.Null).MutantListEntry.Address.Value));
            if (mutant.ApcDisable != 0)
            {
                throw MachineStopException.BugCheck(
                    0x4000_008A, $"a thread ended that holds the mutex at {mutant.Address}", thread.Address.Value, mutant.Address.Value);
            }

            mutant.SetOwnerThread(Memory, null);
            mutant.SetAbandoned(Memory, (byte)(mutant.Abandoned | 1));
            Signal(mutant.Address, 1);
        }
    }

    private void InitializeHeader(VirtualAddress address, DispatcherType type, int byteCount, int state)
    {
        var header = new DispatcherHeader(Memory, address);
        Memory.WriteUInt32(address, 0);
        header.SetType(Memory, type);
        header.SetSize(Memory, (byte)(byteCount / 4));
        header.SetSignalState(Memory, state);
        InitializeList(header.WaitListHead.Address);
    }

    [KernelExport("ntoskrnl.exe", Doc = "KeInitializeEvent, WDK reference")]
    internal void KeInitializeEvent(VirtualAddress @event, int type, NtBoolean state) => InitializeEvent(@event, type == 1, state);

    /// <returns>The state before; nonzero means signalled.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeSetEvent, WDK reference")]
    internal int KeSetEvent(VirtualAddress @event, int increment, NtBoolean wait) => Signal(@event, 1);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeResetEvent, WDK reference")]
    internal int KeResetEvent(VirtualAddress @event) => Signal(@event, 0);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeClearEvent, WDK reference")]
    internal void KeClearEvent(VirtualAddress @event) => Signal(@event, 0);

    /// <summary>Lets waiters go as a set event would and leaves it not signalled.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KePulseEvent, WDK reference")]
    internal int KePulseEvent(VirtualAddress @event, int increment, NtBoolean wait)
    {
        var before = Signal(@event, 1);
        Signal(@event, 0);
        return before;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeReadStateEvent, WDK reference")]
    internal int KeReadStateEvent(DispatcherHeader @event) => @event.SignalState;

    [KernelExport("ntoskrnl.exe", Doc = "KeInitializeSemaphore, WDK reference")]
    internal void KeInitializeSemaphore(VirtualAddress semaphore, int count, int limit) => InitializeSemaphore(semaphore, count, limit);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeReleaseSemaphore, WDK reference")]
    internal int KeReleaseSemaphore(VirtualAddress semaphore, int increment, int adjustment, NtBoolean wait) => ReleaseSemaphore(semaphore, adjustment);

    [KernelExport("ntoskrnl.exe", Doc = "KeReadStateSemaphore, WDK reference")]
    internal int KeReadStateSemaphore(DispatcherHeader semaphore) => semaphore.SignalState;

    [KernelExport("ntoskrnl.exe", Doc = "KeInitializeMutex, WDK reference")]
    internal void KeInitializeMutex(VirtualAddress mutex, uint level) => InitializeMutant(mutex, initialOwner: false, apcDisable: 1);

    [KernelExport("ntoskrnl.exe", Doc = "KeInitializeMutant: a mutex that does not disable APCs, public symbols")]
    internal void KeInitializeMutant(VirtualAddress mutant, NtBoolean initialOwner) => InitializeMutant(mutant, initialOwner, apcDisable: 0);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeReleaseMutex, WDK reference")]
    internal int KeReleaseMutex(VirtualAddress mutex, NtBoolean wait) => ReleaseMutant(mutex);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeReleaseMutant: KeReleaseMutex with an increment", Missing = "abandoning a mutant")]
    internal int KeReleaseMutant(VirtualAddress mutant, int increment, NtBoolean abandoned, NtBoolean wait) =>
        abandoned ? throw MachineStopException.Unsupported(UnsupportedKind.Case, "KeReleaseMutant that abandons") : ReleaseMutant(mutant);

    [KernelExport("ntoskrnl.exe", Doc = "KeReadStateMutex, WDK reference")]
    internal int KeReadStateMutex(DispatcherHeader mutex) => mutex.SignalState;
}

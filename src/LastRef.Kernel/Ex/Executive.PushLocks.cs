using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Push locks and executive spin locks.</summary>
/// <remarks>Doc: ExAcquirePushLockExclusive (ntddk.h), ExAcquireSpinLockShared, WDK reference. Neither may be taken again by its owner.</remarks>
internal sealed partial class Executive
{
    private const int SpinLockExclusive = int.MinValue;
    private readonly Dictionary<VirtualAddress, SharedLock> _pushLocks = [];

    [KernelExport("ntoskrnl.exe", Doc = "ExInitializePushLock, WDK reference")]
    internal void ExInitializePushLock(VirtualAddress pushLock)
    {
        Memory.WriteUInt64(pushLock, 0);
        _pushLocks.Remove(pushLock);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ExAcquirePushLockExclusiveEx, ntddk.h")]
    internal GuestTask ExAcquirePushLockExclusiveEx(VirtualAddress pushLock, uint flags) => AcquirePushLock(pushLock, exclusive: true);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ExAcquirePushLockSharedEx, ntddk.h")]
    internal GuestTask ExAcquirePushLockSharedEx(VirtualAddress pushLock, uint flags) => AcquirePushLock(pushLock, exclusive: false);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ExReleasePushLockExclusiveEx, ntddk.h")]
    internal void ExReleasePushLockExclusiveEx(VirtualAddress pushLock, uint flags) => ReleasePushLock(pushLock);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ExReleasePushLockSharedEx, ntddk.h")]
    internal void ExReleasePushLockSharedEx(VirtualAddress pushLock, uint flags) => ReleasePushLock(pushLock);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ExfAcquirePushLockExclusive: the older name without flags")]
    internal GuestTask ExfAcquirePushLockExclusive(VirtualAddress pushLock) => AcquirePushLock(pushLock, exclusive: true);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ExfAcquirePushLockShared: the older name without flags")]
    internal GuestTask ExfAcquirePushLockShared(VirtualAddress pushLock) => AcquirePushLock(pushLock, exclusive: false);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ExfReleasePushLock: the older name without flags")]
    internal void ExfReleasePushLock(VirtualAddress pushLock) => ReleasePushLock(pushLock);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ExfReleasePushLockExclusive: the older name without flags")]
    internal void ExfReleasePushLockExclusive(VirtualAddress pushLock) => ReleasePushLock(pushLock);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ExfReleasePushLockShared: the older name without flags")]
    internal void ExfReleasePushLockShared(VirtualAddress pushLock) => ReleasePushLock(pushLock);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "ExfUnblockPushLock, System Informer (kph): wakes those who wait for a handle table entry",
        NoEffect = "nobody in the lab waits for an entry of a handle table")]
    internal void ExfUnblockPushLock(VirtualAddress pushLock, VirtualAddress waitBlock)
    {
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "ExAcquireSpinLockExclusive, WDK reference")]
    internal Irql ExAcquireSpinLockExclusive(VirtualAddress spinLock)
    {
        var before = _kernel.Ke.RaiseIrql(Irql.Dispatch);
        ExAcquireSpinLockExclusiveAtDpcLevel(spinLock);
        return before;
    }

    [KernelExport("ntoskrnl.exe", Doc = "ExAcquireSpinLockExclusiveAtDpcLevel, WDK reference")]
    internal void ExAcquireSpinLockExclusiveAtDpcLevel(VirtualAddress spinLock)
    {
        if (Memory.ReadUInt32(spinLock) != 0)
            throw Held(spinLock);
        Memory.WriteUInt32(spinLock, unchecked((uint)SpinLockExclusive));
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "ExAcquireSpinLockShared, WDK reference")]
    internal Irql ExAcquireSpinLockShared(VirtualAddress spinLock)
    {
        var before = _kernel.Ke.RaiseIrql(Irql.Dispatch);
        ExAcquireSpinLockSharedAtDpcLevel(spinLock);
        return before;
    }

    [KernelExport("ntoskrnl.exe", Doc = "ExAcquireSpinLockSharedAtDpcLevel, WDK reference")]
    internal void ExAcquireSpinLockSharedAtDpcLevel(VirtualAddress spinLock)
    {
        var value = (int)Memory.ReadUInt32(spinLock);
        if (value < 0)
            throw Held(spinLock);
        Memory.WriteUInt32(spinLock, (uint)(value + 1));
    }

    /// <returns>TRUE when the only shared owner became the exclusive one (Doc: ExTryConvertSharedSpinLockExclusive).</returns>
    [KernelExport("ntoskrnl.exe", Doc = "ExTryConvertSharedSpinLockExclusive, WDK reference")]
    internal NtBoolean ExTryConvertSharedSpinLockExclusive(VirtualAddress spinLock)
    {
        if (Memory.ReadUInt32(spinLock) != 1)
            return false;
        Memory.WriteUInt32(spinLock, unchecked((uint)SpinLockExclusive));
        return true;
    }

    [KernelExport("ntoskrnl.exe", Doc = "ExReleaseSpinLockExclusive, WDK reference")]
    internal void ExReleaseSpinLockExclusive(VirtualAddress spinLock, Irql oldIrql)
    {
        ExReleaseSpinLockExclusiveFromDpcLevel(spinLock);
        _kernel.Ke.LowerIrql(oldIrql);
    }

    [KernelExport("ntoskrnl.exe", Doc = "ExReleaseSpinLockExclusiveFromDpcLevel, WDK reference")]
    internal void ExReleaseSpinLockExclusiveFromDpcLevel(VirtualAddress spinLock)
    {
        if ((int)Memory.ReadUInt32(spinLock) >= 0)
            throw NotHeld(spinLock);
        Memory.WriteUInt32(spinLock, 0);
    }

    [KernelExport("ntoskrnl.exe", Doc = "ExReleaseSpinLockShared, WDK reference")]
    internal void ExReleaseSpinLockShared(VirtualAddress spinLock, Irql oldIrql)
    {
        ExReleaseSpinLockSharedFromDpcLevel(spinLock);
        _kernel.Ke.LowerIrql(oldIrql);
    }

    [KernelExport("ntoskrnl.exe", Doc = "ExReleaseSpinLockSharedFromDpcLevel, WDK reference")]
    internal void ExReleaseSpinLockSharedFromDpcLevel(VirtualAddress spinLock)
    {
        var value = (int)Memory.ReadUInt32(spinLock);
        if (value <= 0)
            throw NotHeld(spinLock);
        Memory.WriteUInt32(spinLock, (uint)(value - 1));
    }

    private GuestTask AcquirePushLock(VirtualAddress pushLock, bool exclusive)
    {
        if (!_pushLocks.TryGetValue(pushLock, out var state))
        {
            // Bit 0 of a push lock says that it is held; one that nobody here took is garbage or was never initialised.
            if ((Memory.ReadUInt64(pushLock) & 1) != 0)
                throw MachineStopException.Deadlock(pushLock, $"the push lock at {pushLock} reads as held and nobody has taken it: it was not initialised");
            _pushLocks.Add(pushLock, state = new SharedLock());
        }

        // A push lock knows no owner: who holds it and asks again waits for ever, so each holding has a number of its own.
        var holding = ++_holdings;
        if (exclusive ? state.TryTakeExclusive(holding) : state.TryTakeShared(holding, passWaiters: false))
        {
            _pushHoldings.Add((pushLock, holding));
            MirrorPushLock(pushLock, state);
            return GuestTask.CompletedTask;
        }

        return WaitForPushLock(pushLock, state, holding, exclusive);
    }

    private async GuestTask WaitForPushLock(VirtualAddress pushLock, SharedLock state, ulong holding, bool exclusive)
    {
        await WaitFor(WaitSubject.PushLock, pushLock, state, holding, exclusive, () => MirrorPushLock(pushLock, state));
        _pushHoldings.Add((pushLock, holding));
    }

    private void ReleasePushLock(VirtualAddress pushLock)
    {
        var index = _pushHoldings.FindIndex(h => h.Lock == pushLock);
        if (index < 0 || !_pushLocks.TryGetValue(pushLock, out var state))
            throw MachineStopException.BugCheck(0xE3, $"the push lock at {pushLock} was released and is not held", pushLock.Value);
        state.Release(_pushHoldings[index].Holding);
        _pushHoldings.RemoveAt(index);
        var granted = state.Grant();
        MirrorPushLock(pushLock, state);
        if (state.IsFree)
            _pushLocks.Remove(pushLock);
        foreach (var @event in granted)
            _kernel.Ke.Signal(@event, 1);
    }

    private readonly List<(VirtualAddress Lock, ulong Holding)> _pushHoldings = [];
    private ulong _holdings;

    /// <summary>_EX_PUSH_LOCK: Locked bit 0, Waiting bit 1, Shared count from bit 4 (public symbols).</summary>
    private void MirrorPushLock(VirtualAddress pushLock, SharedLock state)
    {
        var value = state.IsFree ? 0UL : 1;
        value |= (ulong)state.SharedOwners << 4;
        if (state.SharedWaiters + state.ExclusiveWaiters > 0)
            value |= 2;
        Memory.WriteUInt64(pushLock, value);
    }

    private MachineStopException Held(VirtualAddress spinLock) =>
        MachineStopException.Deadlock(
            spinLock, $"the spin lock at {spinLock} is held when it is asked for; nothing else can run at IRQL {(int)_kernel.Ke.CurrentIrql} on this processor");

    private static MachineStopException NotHeld(VirtualAddress spinLock) =>
        MachineStopException.BugCheck(0x10, $"the spin lock at {spinLock} was released and is not held", spinLock.Value);
}

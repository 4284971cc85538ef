using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>ERESOURCE: locks taken shared or exclusively, as often as one likes.</summary>
/// <remarks>Doc: "Introduction to ERESOURCE Routines", WDK. Counts are mirrored into the structure; who owns and waits is kept beside it.</remarks>
internal sealed partial class Executive
{
    private const ushort OwnedExclusive = 0x80;
    private readonly Dictionary<VirtualAddress, SharedLock> _resources = [];

    /// <summary>Resources that are used without having been initialised, as those in a driver's zeroed data may be.</summary>
    private readonly Dictionary<VirtualAddress, SharedLock> _zeroed = [];

    /// <summary>Resources that were initialised and not deleted.</summary>
    public IEnumerable<VirtualAddress> ActiveResources => _resources.Keys;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.64")]
    internal NtStatus ExInitializeResourceLite(EResource resource)
    {
        Memory.Clear(resource.Address, EResource.SizeOf(Memory.Layout));
        _kernel.Ke.InitializeList(resource.SystemResourcesList.Address);
        _resources[resource.Address] = new SharedLock();
        _zeroed.Remove(resource.Address);
        _kernel.Record(new RegistrationRecord(RegistrationKind.Resource, true, resource.Address, VirtualAddress.Null, VirtualAddress.Null));
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.64")]
    internal NtStatus ExDeleteResourceLite(EResource resource)
    {
        _ = LockOf(resource);
        if (!_resources.Remove(resource.Address))
        {
            // The links of a resource that was never initialised lead nowhere (Doc: Bug Check 0x139, 3: a corrupt LIST_ENTRY).
            throw MachineStopException.BugCheck(0x139, $"the ERESOURCE at {resource.Address} was deleted and had not been initialised", 3, 0, resource.Address.Value);
        }

        _kernel.Record(new RegistrationRecord(RegistrationKind.Resource, false, resource.Address, VirtualAddress.Null, VirtualAddress.Null));
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "ExReinitializeResourceLite, WDK reference")]
    internal NtStatus ExReinitializeResourceLite(EResource resource)
    {
        _ = LockOf(resource);
        _resources[resource.Address] = new SharedLock();
        Mirror(resource, _resources[resource.Address]);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ExAcquireResourceExclusiveLite, WDK reference")]
    internal GuestTask<NtBoolean> ExAcquireResourceExclusiveLite(EResource resource, NtBoolean wait) =>
        Acquire(resource, wait, exclusive: true, passWaiters: false);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ExAcquireResourceSharedLite, WDK reference")]
    internal GuestTask<NtBoolean> ExAcquireResourceSharedLite(EResource resource, NtBoolean wait) =>
        Acquire(resource, wait, exclusive: false, passWaiters: LockOf(resource).SharedTimes(CurrentThreadId) > 0);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ExAcquireSharedStarveExclusive, WDK reference")]
    internal GuestTask<NtBoolean> ExAcquireSharedStarveExclusive(EResource resource, NtBoolean wait) =>
        Acquire(resource, wait, exclusive: false, passWaiters: true);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ExAcquireSharedWaitForExclusive, WDK reference")]
    internal GuestTask<NtBoolean> ExAcquireSharedWaitForExclusive(EResource resource, NtBoolean wait) =>
        Acquire(resource, wait, exclusive: false, passWaiters: false);

    /// <returns>The resource, which the macro of the header ignores.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ExEnterCriticalRegionAndAcquireResourceExclusive, WDK reference")]
    internal async GuestTask<ulong> ExEnterCriticalRegionAndAcquireResourceExclusive(EResource resource)
    {
        _kernel.Ke.KeEnterCriticalRegion();
        await Acquire(resource, true, exclusive: true, passWaiters: false);
        return ThreadWin32;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "ExEnterCriticalRegionAndAcquireResourceShared, WDK reference")]
    internal async GuestTask<ulong> ExEnterCriticalRegionAndAcquireResourceShared(EResource resource)
    {
        _kernel.Ke.KeEnterCriticalRegion();
        await ExAcquireResourceSharedLite(resource, true);
        return ThreadWin32;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "ExReleaseResourceLite, WDK reference; Bug Check 0xE3")]
    internal void ExReleaseResourceLite(EResource resource) => ReleaseFor(resource, CurrentThreadId);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "ExReleaseResourceForThreadLite, WDK reference")]
    internal void ExReleaseResourceForThreadLite(EResource resource, ulong resourceThreadId) => ReleaseFor(resource, resourceThreadId);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "ExReleaseResourceAndLeaveCriticalRegion, WDK reference")]
    internal void ExReleaseResourceAndLeaveCriticalRegion(EResource resource)
    {
        ReleaseFor(resource, CurrentThreadId);
        _kernel.Ke.KeLeaveCriticalRegion();
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "ExConvertExclusiveToSharedLite, WDK reference")]
    internal void ExConvertExclusiveToSharedLite(EResource resource)
    {
        var state = LockOf(resource);
        if (!state.IsOwnedExclusivelyBy(CurrentThreadId))
            throw NotOwned(resource, CurrentThreadId);
        state.ConvertToShared(CurrentThreadId);
        GrantWaiters(resource, state);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "ExSetResourceOwnerPointer, WDK reference")]
    internal void ExSetResourceOwnerPointer(EResource resource, ulong ownerPointer)
    {
        var state = LockOf(resource);
        state.Rename(CurrentThreadId, ownerPointer);
        Mirror(resource, state);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "ExIsResourceAcquiredExclusiveLite, WDK reference")]
    internal NtBoolean ExIsResourceAcquiredExclusiveLite(EResource resource) => LockOf(resource).IsOwnedExclusivelyBy(CurrentThreadId);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "ExIsResourceAcquiredSharedLite, WDK reference: how often, shared or exclusively")]
    internal uint ExIsResourceAcquiredSharedLite(EResource resource) => (uint)LockOf(resource).TimesOwnedBy(CurrentThreadId);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "ExGetExclusiveWaiterCount, WDK reference")]
    internal uint ExGetExclusiveWaiterCount(EResource resource) => (uint)LockOf(resource).ExclusiveWaiters;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "ExGetSharedWaiterCount, WDK reference")]
    internal uint ExGetSharedWaiterCount(EResource resource) => (uint)LockOf(resource).SharedWaiters;

    /// <summary>Memory with a resource that was never deleted is freed: Driver Verifier stops here (8.3: 0xC4, D2).</summary>
    /// <param name="what">What the memory is: pool, or an image that leaves.</param>
    public void CheckFreedResources(VirtualAddress start, ulong byteCount, string what)
    {
        if (!_kernel.Options.Verifier || _resources.Count == 0)
            return;
        foreach (var address in _resources.Keys)
        {
            if (address - start < byteCount)
            {
                throw MachineStopException.BugCheck(
                    0xC4, $"{what} was freed with an ERESOURCE at {address} that was not deleted", 0xD2, address.Value, start.Value, byteCount);
            }
        }
    }

    private ulong CurrentThreadId => _kernel.CurrentThread.Address.Value;

    private ulong ThreadWin32 => new KThread(Memory, _kernel.CurrentThread.Address).Win32Thread.Value;

    private async GuestTask<NtBoolean> Acquire(EResource resource, bool wait, bool exclusive, bool passWaiters)
    {
        var state = LockOf(resource);
        var thread = CurrentThreadId;
        if (exclusive ? state.TryTakeExclusive(thread) : state.TryTakeShared(thread, passWaiters))
        {
            Mirror(resource, state);
            return true;
        }

        if (!wait)
            return false;
        await WaitFor(WaitSubject.Resource, resource.Address, state, thread, exclusive, () => Mirror(resource, state));
        return true;
    }

    private async GuestTask WaitFor(WaitSubject subject, VirtualAddress at, SharedLock state, ulong thread, bool exclusive, Action changed)
    {
        var granted = _kernel.Ke.CreateEvent(synchronization: true);
        state.Enqueue(thread, exclusive, granted);
        changed();
        await _kernel.Ke.WaitFor(subject, at, granted);
        _kernel.Ke.DeleteEvent(granted);
    }

    private void ReleaseFor(EResource resource, ulong thread)
    {
        var state = LockOf(resource);
        if (!state.Release(thread))
            throw NotOwned(resource, thread);
        GrantWaiters(resource, state);
    }

    private void GrantWaiters(EResource resource, SharedLock state)
    {
        var granted = state.Grant();
        Mirror(resource, state);
        foreach (var @event in granted)
            _kernel.Ke.Signal(@event, 1);
    }

    private void Mirror(EResource resource, SharedLock state)
    {
        var exclusive = state.Exclusive.Times > 0;
        resource.SetActiveCount(Memory, (short)(exclusive ? 1 : state.SharedOwners));
        resource.SetFlag(Memory, (ushort)(exclusive ? OwnedExclusive : 0));
        resource.SetOwnerThread(Memory, exclusive ? state.Exclusive.Thread : 0);
        resource.SetActiveEntries(Memory, (uint)(exclusive ? 1 : state.SharedOwners));
        resource.SetNumberOfSharedWaiters(Memory, (uint)state.SharedWaiters);
        resource.SetNumberOfExclusiveWaiters(Memory, (uint)state.ExclusiveWaiters);
    }

    /// <summary>A resource that is all zero is free, as one is that was initialised; only its place in the list of all resources is missing.</summary>
    private SharedLock LockOf(EResource resource)
    {
        if (_resources.TryGetValue(resource.Address, out var state) || _zeroed.TryGetValue(resource.Address, out state))
            return state;
        var bytes = new byte[EResource.SizeOf(Memory.Layout)];
        Memory.Read(resource.Address, bytes);
        if (bytes.AsSpan().ContainsAnyExcept((byte)0))
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"an ERESOURCE at {resource.Address} that was never initialised and is not zeroed either");
        return _zeroed[resource.Address] = new SharedLock();
    }

    private static MachineStopException NotOwned(EResource resource, ulong thread) =>
        MachineStopException.BugCheck(
            0xE3, $"the ERESOURCE at {resource.Address} was released by a thread that does not own it", resource.Address.Value, thread, resource.OwnerTable.Value);
}

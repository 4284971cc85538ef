using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Lookaside lists: taking and giving entries is inline in drivers, which call back for what the list lacks.</summary>
/// <remarks>Doc: "Using Lookaside Lists", WDK; GENERAL_LOOKASIDE, public symbols.</remarks>
internal sealed partial class Executive
{
    private const ushort MinimumDepth = 4;
    private const ushort MaximumDepth = 256;
    private const uint LookasideRaises = 1;
    private const uint LookasideFailsWithoutRaise = 2;
    private readonly List<VirtualAddress> _lookasides = [];

    /// <summary>Lookaside lists that were initialised and not deleted, oldest first.</summary>
    public IReadOnlyList<VirtualAddress> Lookasides => _lookasides;

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.64")]
    internal void ExInitializeNPagedLookasideList(
        GeneralLookaside lookaside, VirtualAddress allocate, VirtualAddress free, uint flags, ulong size, uint tag, ushort depth) =>
        Initialize(lookaside, allocate, free, (int)PoolType.NonPagedPool | RaiseFlag(flags), size, tag);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Spec = "U-6.64")]
    internal void ExInitializePagedLookasideList(
        GeneralLookaside lookaside, VirtualAddress allocate, VirtualAddress free, uint flags, ulong size, uint tag, ushort depth) =>
        Initialize(lookaside, allocate, free, (int)PoolType.PagedPool | RaiseFlag(flags), size, tag);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.64")]
    internal GuestTask ExDeleteNPagedLookasideList(GeneralLookaside lookaside) => Delete(lookaside.Address, lookaside.ListHead, lookaside.Free);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Spec = "U-6.64")]
    internal GuestTask ExDeletePagedLookasideList(GeneralLookaside lookaside) => Delete(lookaside.Address, lookaside.ListHead, lookaside.Free);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.64")]
    internal NtStatus ExInitializeLookasideListEx(
        LookasideListEx lookaside, VirtualAddress allocate, VirtualAddress free, PoolType poolType, uint flags, ulong size, uint tag, ushort depth)
    {
        if ((flags & (LookasideRaises | LookasideFailsWithoutRaise)) == (LookasideRaises | LookasideFailsWithoutRaise))
            return NtStatus.InvalidParameter5;
        Memory.Clear(lookaside.Address, LookasideListEx.SizeOf(Memory.Layout));
        lookaside.SetDepth(Memory, MinimumDepth);
        lookaside.SetMaximumDepth(Memory, MaximumDepth);
        lookaside.SetType(Memory, (int)poolType | RaiseFlag(flags));
        lookaside.SetTag(Memory, tag);
        lookaside.SetSize(Memory, (uint)size);
        lookaside.SetAllocate(Memory, allocate.IsNull ? Routine("ExAllocatePoolWithTag") : allocate);
        lookaside.SetFree(Memory, free.IsNull ? Routine("ExFreePool") : free);
        _kernel.Ke.InitializeList(lookaside.ListEntry.Address);
        RecordLookaside(true, lookaside.Address, allocate);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.64")]
    internal GuestTask ExDeleteLookasideListEx(LookasideListEx lookaside) => Delete(lookaside.Address, lookaside.ListHead, lookaside.Free);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "ExFlushLookasideListEx, WDK reference")]
    internal GuestTask ExFlushLookasideListEx(LookasideListEx lookaside) => Flush(lookaside.Address, lookaside.ListHead, lookaside.Free);

    private void Initialize(GeneralLookaside list, VirtualAddress allocate, VirtualAddress free, int poolType, ulong size, uint tag)
    {
        Memory.Clear(list.Address, GeneralLookaside.SizeOf(Memory.Layout));
        list.SetDepth(Memory, MinimumDepth);
        list.SetMaximumDepth(Memory, MaximumDepth);
        list.SetType(Memory, poolType);
        list.SetTag(Memory, tag);
        list.SetSize(Memory, (uint)size);
        list.SetAllocate(Memory, allocate.IsNull ? Routine("ExAllocatePoolWithTag") : allocate);
        list.SetFree(Memory, free.IsNull ? Routine("ExFreePool") : free);
        _kernel.Ke.InitializeList(list.ListEntry.Address);
        RecordLookaside(true, list.Address, allocate);
    }

    private async GuestTask Delete(VirtualAddress address, SListHeader entries, VirtualAddress free)
    {
        await Flush(address, entries, free);
        RecordLookaside(false, address, VirtualAddress.Null);
    }

    /// <summary>Gives what the list holds to its free routine; the second argument is for lists of the newer kind.</summary>
    private async GuestTask Flush(VirtualAddress address, SListHeader entries, VirtualAddress free)
    {
        var ours = free == Routine("ExFreePool");
        while (true)
        {
            var entry = ExpInterlockedPopEntrySList(entries);
            if (entry.IsNull)
                return;
            if (ours)
                FreeForDriver(entry, 0);
            else
                await _kernel.CallDriver(DriverCallKind.Other, VirtualAddress.Null, _kernel.CurrentThread, free, entry.Value, address.Value);
        }
    }

    private VirtualAddress Routine(string name) =>
        _kernel.Images.FindExport("ntoskrnl.exe", name) ?? throw new InvariantException($"The kernel does not export {name}.");

    private static int RaiseFlag(uint flags) => (flags & LookasideRaises) != 0 ? RaiseIfAllocationFailure : 0;

    private void RecordLookaside(bool begin, VirtualAddress list, VirtualAddress routine)
    {
        _lookasides.Remove(list);
        if (begin)
            _lookasides.Add(list);
        _kernel.Record(new RegistrationRecord(RegistrationKind.Lookaside, begin, list, routine, VirtualAddress.Null));
    }
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Handle tables: one per process, in target memory and in the entry format of the build.</summary>
/// <remarks>
/// U-1.27: up to Windows 8 a handle is one pointer reference; from 8.1 on it pre-charges a batch of them, of which each
/// look-up through the handle takes one.
/// </remarks>
internal sealed partial class ObjectManager
{
    private const int EntriesPerPage = 256;
    private const int EntryBytes = 16;

    /// <summary>What two levels of table hold.</summary>
    private const int MaximumEntries = 512 * EntriesPerPage;

    private const long HandleBatch = 0x7FFF;

    /// <summary>Bits that mark a handle of the System process's table (Doc: OBJ_KERNEL_HANDLE in OBJECT_ATTRIBUTES).</summary>
    private const ulong KernelHandleBits = 0xFFFF_FFFF_8000_0000;

    /// <summary>An open handle: who has it, its value, and the object.</summary>
    public readonly record struct OpenHandle(VirtualAddress Process, HandleValue Value, VirtualAddress Body, uint GrantedAccess, VirtualAddress Entry);

    /// <summary>For each handle table the index below which no entry is free: the next handle is the lowest free one.</summary>
    private readonly Dictionary<VirtualAddress, int> _lowestFree = [];

    private bool HasBatches => (int)_kernel.Build >= 9600;

    /// <summary>Makes an empty handle table for a process.</summary>
    public VirtualAddress CreateHandleTable(EProcess process)
    {
        var address = _kernel.Ex.NonPagedPool.Allocate((ulong)HandleTable.SizeOf(Memory.Layout), PoolTags.HandleTable, null);
        var table = new HandleTable(Memory, address);
        _lowestFree.Remove(address);
        table.SetTableCode(Memory, _kernel.Ex.NonPagedPool.Allocate(4096, PoolTags.HandleTable, null).Value);
        table.SetQuotaProcess(Memory, process);
        return address;
    }

    /// <summary>Opens a handle; the handle takes its own reference, the caller keeps its.</summary>
    /// <param name="kernelHandle">True puts it in the System process's table whatever the process.</param>
    public HandleValue CreateHandle(VirtualAddress process, VirtualAddress body, uint grantedAccess, bool kernelHandle)
    {
        if (kernelHandle)
            process = _kernel.Ps.SystemProcess;
        var table = TableOf(process);
        for (var index = _lowestFree.GetValueOrDefault(table, 1); ; index++)
        {
            var address = EntryAddress(table, index, grow: true);
            var entry = new HandleTableEntry(Memory, address);
            if (entry.Value != 0)
                continue;
            _lowestFree[table] = index + 1;
            WriteEntry(entry, HeaderOf(body).Address, grantedAccess);
            var header = HeaderOf(body);
            var before = header.PointerCount;
            var charge = HasBatches ? HandleBatch : 1;
            header.SetPointerCount(Memory, before + charge);
            RecordCount(body, ReferenceCounter.PointerCount, before, before + charge, ReferenceCause.OpenHandle, address);
            ChangeHandleCount(body, +1, ReferenceCause.OpenHandle, address);
            var value = (ulong)index * 4;
            return new HandleValue(process == _kernel.Ps.SystemProcess ? value | KernelHandleBits : value);
        }
    }

    /// <summary>The open handle with a value, in a process's context; null when there is none.</summary>
    public OpenHandle? FindHandle(VirtualAddress process, HandleValue handle)
    {
        if ((handle.Value & KernelHandleBits) == KernelHandleBits)
            process = _kernel.Ps.SystemProcess;
        var index = (int)((handle.Value & 0x7FFF_FFFF) / 4);
        if (index is 0 or >= MaximumEntries)
            return null;
        var address = EntryAddress(TableOf(process), index, grow: false);
        return address.IsNull ? null : ReadEntry(process, handle, address);
    }

    /// <summary>All handles of a process, in the order of their values.</summary>
    public IEnumerable<OpenHandle> HandlesOf(VirtualAddress process)
    {
        var table = TableOf(process);
        for (var index = 1; ; index++)
        {
            var address = EntryAddress(table, index, grow: false);
            if (address.IsNull)
                yield break;
            var value = (ulong)index * 4;
            var handle = new HandleValue(process == _kernel.Ps.SystemProcess ? value | KernelHandleBits : value);
            if (ReadEntry(process, handle, address) is { } open)
                yield return open;
        }
    }

    /// <summary>Takes a reference through a handle (ObReferenceObjectByHandle): from 8.1 on out of the handle's batch.</summary>
    public VirtualAddress ReferenceByHandle(OpenHandle open)
    {
        var entry = new HandleTableEntry(Memory, open.Entry);
        var header = HeaderOf(open.Body);
        var before = header.PointerCount;
        if (entry.RefCnt is { } left && left > 0)
        {
            // The batch's reference becomes the caller's: the total stays, the entry's remainder falls.
            entry.SetRefCnt(Memory, left - 1);
            RecordCount(open.Body, ReferenceCounter.PointerCount, before, before, ReferenceCause.ReferenceByHandle, open.Entry);
            if (left == 1)
            {
                entry.SetRefCnt(Memory, (uint)HandleBatch);
                header.SetPointerCount(Memory, before + HandleBatch);
                RecordCount(open.Body, ReferenceCounter.PointerCount, before, before + HandleBatch, ReferenceCause.OpenHandle, open.Entry);
            }
        }
        else
            Reference(open.Body, ReferenceCause.ReferenceByHandle, VirtualAddress.Null);
        return open.Body;
    }

    /// <summary>Closes a handle: the type's close procedure runs, the last handle of a temporary object takes its name (U-1.34).</summary>
    /// <param name="evenIfProtected">Whether a handle that must not be closed is closed all the same, as the end of a process does.</param>
    /// <returns>STATUS_INVALID_HANDLE when the process has no such handle.</returns>
    public async GuestTask<NtStatus> CloseHandle(VirtualAddress process, HandleValue handle, bool evenIfProtected = false)
    {
        if (FindHandle(process, handle) is not { } open)
            return NtStatus.InvalidHandle;
        var entry = new HandleTableEntry(Memory, open.Entry);
        if (IsProtected(entry) && !evenIfProtected)
            return NtStatus.HandleNotClosable;
        var charge = entry.RefCnt ?? 1;
        var kind = KindOf(open.Body);
        entry.SetValue(Memory, 0);
        Memory.WriteUInt64(open.Entry + 8, 0);
        var table = TableOf(open.Process);
        var index = (int)((handle.Value & 0x7FFF_FFFF) / 4);
        if (index < _lowestFree.GetValueOrDefault(table, 1))
            _lowestFree[table] = index;
        var left = ChangeHandleCount(open.Body, -1, ReferenceCause.OpenHandle, open.Entry);
        if (kind is { } k && _close[(int)k] is { } procedure)
            await procedure(open.Body, open.Process, left);
        if (left == 0 && (HeaderOf(open.Body).Flags & ObjectHeaderFlags.Permanent) == 0)
            await RemoveName(open.Body);
        if (DropReference(open.Body, ReferenceCause.OpenHandle, open.Entry, charge))
            await Delete(open.Body);
        return NtStatus.Success;
    }

    private VirtualAddress TableOf(VirtualAddress process) =>
        new EProcess(Memory, process).ObjectTable?.Address ?? throw new TargetReadException(VirtualAddress.Null, ReadFailure.NotMapped);

    private OpenHandle? ReadEntry(VirtualAddress process, HandleValue handle, VirtualAddress address)
    {
        var entry = new HandleTableEntry(Memory, address);
        if (entry.Value == 0)
            return null;
        var header = entry.ObjectPointerBits is { } bits
            ? new VirtualAddress((bits << 4) | 0xFFFF_0000_0000_0000)
            : new VirtualAddress(entry.Value & ~7UL);
        var access = entry.GrantedAccessBits is { } granted ? granted : entry.GrantedAccess ?? 0;
        return new OpenHandle(process, handle, header + ObjectHeaderBytes, access, address);
    }

    private void WriteEntry(HandleTableEntry entry, VirtualAddress header, uint grantedAccess)
    {
        if (entry.ObjectPointerBits is null)
        {
            // Bit 0 set means not locked (dump-format, handle tables).
            entry.SetValue(Memory, header.Value | 1);
            entry.SetGrantedAccess(Memory, grantedAccess);
            return;
        }

        entry.SetUnlocked(Memory, 1);
        entry.SetRefCnt(Memory, (uint)HandleBatch);
        entry.SetObjectPointerBits(Memory, (header.Value >> 4) & 0xFFF_FFFF_FFFF);
        entry.SetGrantedAccessBits(Memory, grantedAccess & 0x1FF_FFFF);
    }

    /// <summary>The entry with an index; a table of one page grows to a page of pages.</summary>
    private VirtualAddress EntryAddress(VirtualAddress tableAddress, int index, bool grow)
    {
        var table = new HandleTable(Memory, tableAddress);
        var code = table.TableCode;
        var page = index / EntriesPerPage;
        if ((code & 3) == 0)
        {
            if (page == 0)
                return new VirtualAddress(code) + (index * EntryBytes);
            if (!grow)
                return VirtualAddress.Null;
            var directory = _kernel.Ex.NonPagedPool.Allocate(4096, PoolTags.HandleTable, null);
            Memory.WriteUInt64(directory, code);
            code = directory.Value | 1;
            table.SetTableCode(Memory, code);
        }

        Invariant.Check(index < MaximumEntries, "A process has more handles than two levels of handle table hold.");
        var slot = new VirtualAddress(code & ~3UL) + (8 * page);
        var entries = Memory.ReadPointer(slot);
        if (entries.IsNull)
        {
            if (!grow)
                return VirtualAddress.Null;
            entries = _kernel.Ex.NonPagedPool.Allocate(4096, PoolTags.HandleTable, null);
            Memory.WritePointer(slot, entries);
        }

        return entries + (index % EntriesPerPage * EntryBytes);
    }
}

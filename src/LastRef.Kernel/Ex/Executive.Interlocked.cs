using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Interlocked lists and numbers. On one processor each routine is atomic by itself; the spin lock given must be free.</summary>
internal sealed partial class Executive
{
    private const int SListHeaderBytes = 16;

    [KernelExport("ntoskrnl.exe", Doc = "InitializeSListHead, WDK reference (ExInitializeSListHead)")]
    internal void InitializeSListHead(VirtualAddress sListHead) => Memory.Clear(sListHead, SListHeaderBytes);

    [KernelExport("ntoskrnl.exe", Name = "ExInitializeSListHead", Doc = "ExInitializeSListHead, WDK reference")]
    internal void ExInitializeSListHead(VirtualAddress sListHead) => Memory.Clear(sListHead, SListHeaderBytes);

    [KernelExport("ntoskrnl.exe", Doc = "ExInterlockedPushEntrySList, WDK reference")]
    internal VirtualAddress ExpInterlockedPushEntrySList(SListHeader listHead, VirtualAddress listEntry)
    {
        var first = FirstOf(listHead);
        Memory.WritePointer(listEntry, first);
        SetFirst(listHead, listEntry, +1);
        return first;
    }

    [KernelExport("ntoskrnl.exe", Doc = "ExInterlockedPopEntrySList, WDK reference")]
    internal VirtualAddress ExpInterlockedPopEntrySList(SListHeader listHead)
    {
        var first = FirstOf(listHead);
        if (!first.IsNull)
            SetFirst(listHead, Memory.ReadPointer(first), -1);
        return first;
    }

    [KernelExport("ntoskrnl.exe", Doc = "ExInterlockedFlushSList, WDK reference")]
    internal VirtualAddress ExpInterlockedFlushSList(SListHeader listHead)
    {
        var first = FirstOf(listHead);
        Memory.Clear(listHead.Address, SListHeaderBytes);
        return first;
    }

    [KernelExport("ntoskrnl.exe", Doc = "ExQueryDepthSList, WDK reference")]
    internal ushort ExQueryDepthSList(SListHeader sListHead) => sListHead.Depth;

    /// <returns>The entry that was first before; null when the list was empty.</returns>
    [KernelExport("ntoskrnl.exe", Doc = "ExInterlockedInsertHeadList, WDK reference")]
    internal VirtualAddress ExInterlockedInsertHeadList(VirtualAddress listHead, VirtualAddress listEntry, VirtualAddress @lock)
    {
        CheckLock(@lock);
        var first = new ListEntry(Memory, listHead).Flink;
        _kernel.Ke.InsertHead(listHead, listEntry);
        return first == listHead ? VirtualAddress.Null : first;
    }

    /// <returns>The entry that was last before; null when the list was empty.</returns>
    [KernelExport("ntoskrnl.exe", Doc = "ExInterlockedInsertTailList, WDK reference")]
    internal VirtualAddress ExInterlockedInsertTailList(VirtualAddress listHead, VirtualAddress listEntry, VirtualAddress @lock)
    {
        CheckLock(@lock);
        var last = new ListEntry(Memory, listHead).Blink;
        _kernel.Ke.InsertTail(listHead, listEntry);
        return last == listHead ? VirtualAddress.Null : last;
    }

    [KernelExport("ntoskrnl.exe", Doc = "ExInterlockedRemoveHeadList, WDK reference")]
    internal VirtualAddress ExInterlockedRemoveHeadList(VirtualAddress listHead, VirtualAddress @lock)
    {
        CheckLock(@lock);
        return _kernel.Ke.RemoveHead(listHead) ?? VirtualAddress.Null;
    }

    [KernelExport("ntoskrnl.exe", Doc = "ExInterlockedPushEntryList, WDK reference")]
    internal VirtualAddress ExInterlockedPushEntryList(VirtualAddress listHead, VirtualAddress listEntry, VirtualAddress @lock)
    {
        CheckLock(@lock);
        var first = Memory.ReadPointer(listHead);
        Memory.WritePointer(listEntry, first);
        Memory.WritePointer(listHead, listEntry);
        return first;
    }

    [KernelExport("ntoskrnl.exe", Doc = "ExInterlockedPopEntryList, WDK reference")]
    internal VirtualAddress ExInterlockedPopEntryList(VirtualAddress listHead, VirtualAddress @lock)
    {
        CheckLock(@lock);
        var first = Memory.ReadPointer(listHead);
        if (!first.IsNull)
            Memory.WritePointer(listHead, Memory.ReadPointer(first));
        return first;
    }

    /// <returns>The value before.</returns>
    [KernelExport("ntoskrnl.exe", Doc = "ExInterlockedAddUlong, WDK reference")]
    internal uint ExInterlockedAddUlong(VirtualAddress addend, uint increment, VirtualAddress @lock)
    {
        CheckLock(@lock);
        var before = Memory.ReadUInt32(addend);
        Memory.WriteUInt32(addend, before + increment);
        return before;
    }

    [KernelExport("ntoskrnl.exe", Doc = "ExInterlockedAddLargeInteger, WDK reference")]
    internal long ExInterlockedAddLargeInteger(VirtualAddress addend, long increment, VirtualAddress @lock)
    {
        CheckLock(@lock);
        var before = (long)Memory.ReadUInt64(addend);
        Memory.WriteUInt64(addend, (ulong)(before + increment));
        return before;
    }

    private static VirtualAddress FirstOf(SListHeader list) => new(list.NextEntryBits << 4);

    private void SetFirst(SListHeader list, VirtualAddress first, int change)
    {
        // Depth and, above it, a sequence number that every change raises (SLIST_HEADER of x64, winnt.h).
        list.SetAlignment(Memory, ((list.Alignment & ~0xFFFFUL) + 0x1_0000) | (ushort)(list.Depth + change));
        list.SetNextEntryBits(Memory, first.Value >> 4);
    }

    private void CheckLock(VirtualAddress spinLock)
    {
        if (Memory.ReadUInt64(spinLock) != 0)
            throw Held(spinLock);
    }
}

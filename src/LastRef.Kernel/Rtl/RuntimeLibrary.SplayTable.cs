using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Splay trees of a driver's elements, which also keep the order of insertion.</summary>
/// <remarks>
/// An element is RTL_SPLAY_LINKS, the LIST_ENTRY of the insertion order, and the driver's data (Doc: RTL_GENERIC_TABLE, ntddk.h).
/// What is found moves to the root.
/// </remarks>
internal sealed partial class RuntimeLibrary
{
    private const int SplayLinksBytes = 0x18;
    private const int SplayHeaderBytes = 0x28;

    [KernelExport("ntoskrnl.exe", Doc = "RtlInitializeGenericTable, ntddk.h")]
    internal void RtlInitializeGenericTable(
        RtlGenericTable table, VirtualAddress compareRoutine, VirtualAddress allocateRoutine, VirtualAddress freeRoutine, VirtualAddress tableContext)
    {
        Caller.Fill(table.Address, 0, (ulong)RtlGenericTable.SizeOf(Memory.Layout));
        _kernel.Ke.InitializeList(table.InsertOrderList.Address);
        table.SetOrderedPointer(Memory, table.InsertOrderList.Address);
        table.SetCompareRoutine(Memory, compareRoutine);
        table.SetAllocateRoutine(Memory, allocateRoutine);
        table.SetFreeRoutine(Memory, freeRoutine);
        table.SetTableContext(Memory, tableContext);
    }

    /// <returns>The element's data, the old one's when there was an equal one; null when the driver allocates nothing.</returns>
    [KernelExport("ntoskrnl.exe", Doc = "RtlInsertElementGenericTable, ntddk.h")]
    internal async GuestTask<VirtualAddress> RtlInsertElementGenericTable(
        RtlGenericTable table, VirtualAddress buffer, uint bufferSize, Out<NtBoolean> newElement)
    {
        var (node, order) = await FindSplay(table, buffer);
        if (node is { } equal && order == 0)
        {
            newElement.SetIfGiven(Memory, false);
            SplayTree.Splay(Memory, table, equal);
            return equal.Address + SplayHeaderBytes;
        }

        var address = new VirtualAddress(await CallTable(table.AllocateRoutine, table.Address, bufferSize + SplayHeaderBytes));
        newElement.SetIfGiven(Memory, !address.IsNull);
        if (address.IsNull)
            return VirtualAddress.Null;
        Caller.Fill(address, 0, SplayHeaderBytes);
        Caller.Move(address + SplayHeaderBytes, buffer, bufferSize);
        _kernel.Ke.InsertTail(table.InsertOrderList.Address, address + SplayLinksBytes);
        var added = new RtlSplayLinks(Memory, address);
        SplayTree.Insert(Memory, table, added, node, order);
        table.SetNumberGenericTableElements(Memory, table.NumberGenericTableElements + 1);
        return address + SplayHeaderBytes;
    }

    [KernelExport("ntoskrnl.exe", Doc = "RtlDeleteElementGenericTable, ntddk.h")]
    internal async GuestTask<NtBoolean> RtlDeleteElementGenericTable(RtlGenericTable table, VirtualAddress buffer)
    {
        var (node, order) = await FindSplay(table, buffer);
        if (node is not { } found || order != 0)
            return false;
        SplayTree.Remove(Memory, table, found);
        _kernel.Ke.RemoveEntry(found.Address + SplayLinksBytes);
        table.SetNumberGenericTableElements(Memory, table.NumberGenericTableElements - 1);
        table.SetWhichOrderedElement(Memory, 0);
        table.SetOrderedPointer(Memory, table.InsertOrderList.Address);
        await CallTable(table.FreeRoutine, table.Address, found.Address.Value);
        return true;
    }

    [KernelExport("ntoskrnl.exe", Doc = "RtlLookupElementGenericTable, ntddk.h")]
    internal async GuestTask<VirtualAddress> RtlLookupElementGenericTable(RtlGenericTable table, VirtualAddress buffer)
    {
        var (node, order) = await FindSplay(table, buffer);
        if (node is not { } found)
            return VirtualAddress.Null;
        SplayTree.Splay(Memory, table, found);
        return order == 0 ? found.Address + SplayHeaderBytes : VirtualAddress.Null;
    }

    /// <summary>The element that was inserted at a position, from zero.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "RtlGetElementGenericTable, ntddk.h")]
    internal VirtualAddress RtlGetElementGenericTable(RtlGenericTable table, uint index)
    {
        if (index >= table.NumberGenericTableElements)
            return VirtualAddress.Null;
        var entry = table.InsertOrderList.Flink;
        for (uint i = 0; i < index; i++)
            entry = new ListEntry(Memory, entry).Flink;
        return entry + (SplayHeaderBytes - SplayLinksBytes);
    }

    [KernelExport("ntoskrnl.exe", Doc = "RtlEnumerateGenericTable, ntddk.h")]
    internal VirtualAddress RtlEnumerateGenericTable(RtlGenericTable table, NtBoolean restart)
    {
        if (table.TableRoot is not { } root)
            return VirtualAddress.Null;
        var next = restart ? SplayTree.First(root) : SplayTree.Next(root);
        if (next is not { } found)
            return VirtualAddress.Null;
        SplayTree.Splay(Memory, table, found);
        return found.Address + SplayHeaderBytes;
    }

    [KernelExport("ntoskrnl.exe", Doc = "RtlEnumerateGenericTableWithoutSplaying, ntddk.h")]
    internal VirtualAddress RtlEnumerateGenericTableWithoutSplaying(RtlGenericTable table, Out<RtlSplayLinks> restartKey)
    {
        if (table.TableRoot is not { } root)
            return VirtualAddress.Null;
        var next = restartKey.Get(Memory) is { } last ? SplayTree.Next(last) : SplayTree.First(root);
        if (next is not { } found)
            return VirtualAddress.Null;
        restartKey.Set(Memory, found);
        return found.Address + SplayHeaderBytes;
    }

    [KernelExport("ntoskrnl.exe", Doc = "RtlNumberGenericTableElements, ntddk.h")]
    internal uint RtlNumberGenericTableElements(RtlGenericTable table) => table.NumberGenericTableElements;

    [KernelExport("ntoskrnl.exe", Doc = "RtlIsGenericTableEmpty, ntddk.h")]
    internal NtBoolean RtlIsGenericTableEmpty(RtlGenericTable table) => table.TableRoot is null;

    /// <summary>The node that equals, or the one that a new node would hang below and on which side; null for an empty tree.</summary>
    private async GuestTask<(RtlSplayLinks? Node, int Order)> FindSplay(RtlGenericTable table, VirtualAddress buffer)
    {
        var node = table.TableRoot;
        while (node is { } current)
        {
            var order = await CompareElements(table.CompareRoutine, table.Address, buffer, current.Address + SplayHeaderBytes);
            var next = order < 0 ? current.LeftChild : current.RightChild;
            if (order == 0 || next is null)
                return (current, order);
            node = next;
        }

        return (null, 0);
    }
}

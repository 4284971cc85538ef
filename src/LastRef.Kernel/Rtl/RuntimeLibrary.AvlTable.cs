using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Balanced trees of a driver's elements; the driver compares, allocates and frees.</summary>
/// <remarks>
/// An element is RTL_BALANCED_LINKS and then the driver's data (Doc: RTL_AVL_TABLE and "TABLE_ENTRY_HEADER", ntddk.h). The
/// table's BalancedRoot is a node of its own whose right child is the tree. Comparison: 0 less, 1 greater, 2 equal.
/// </remarks>
internal sealed partial class RuntimeLibrary
{
    private const int AvlHeaderBytes = 0x20;

    [KernelExport("ntoskrnl.exe", Doc = "RtlInitializeGenericTableAvl, ntddk.h")]
    internal void RtlInitializeGenericTableAvl(
        RtlAvlTable table, VirtualAddress compareRoutine, VirtualAddress allocateRoutine, VirtualAddress freeRoutine, VirtualAddress tableContext)
    {
        Caller.Fill(table.Address, 0, (ulong)RtlAvlTable.SizeOf(Memory.Layout));
        table.BalancedRoot.SetParent(Memory, table.BalancedRoot);
        table.SetCompareRoutine(Memory, compareRoutine);
        table.SetAllocateRoutine(Memory, allocateRoutine);
        table.SetFreeRoutine(Memory, freeRoutine);
        table.SetTableContext(Memory, tableContext);
    }

    /// <returns>The element's data, the old one's when there was an equal one; null when the driver allocates nothing.</returns>
    [KernelExport("ntoskrnl.exe", Doc = "RtlInsertElementGenericTableAvl, ntddk.h")]
    internal async GuestTask<VirtualAddress> RtlInsertElementGenericTableAvl(
        RtlAvlTable table, VirtualAddress buffer, uint bufferSize, Out<NtBoolean> newElement)
    {
        var (node, order) = await FindAvl(table, buffer);
        if (order == 0 && node is { } equal)
        {
            newElement.SetIfGiven(Memory, false);
            return equal.Address + AvlHeaderBytes;
        }

        var address = await CallTable(table.AllocateRoutine, table.Address, bufferSize + AvlHeaderBytes);
        newElement.SetIfGiven(Memory, address != 0);
        if (address == 0)
            return VirtualAddress.Null;
        var added = new RtlBalancedLinks(Memory, new VirtualAddress(address));
        Caller.Fill(added.Address, 0, AvlHeaderBytes);
        Caller.Move(added.Address + AvlHeaderBytes, buffer, bufferSize);
        new AvlTree(Memory, table).Insert(added, node ?? table.BalancedRoot, node is null ? 1 : order);
        table.SetNumberGenericTableElements(Memory, table.NumberGenericTableElements + 1);
        ForgetOrder(table);
        return added.Address + AvlHeaderBytes;
    }

    [KernelExport("ntoskrnl.exe", Doc = "RtlDeleteElementGenericTableAvl, ntddk.h")]
    internal async GuestTask<NtBoolean> RtlDeleteElementGenericTableAvl(RtlAvlTable table, VirtualAddress buffer)
    {
        var (node, order) = await FindAvl(table, buffer);
        if (node is not { } found || order != 0)
            return false;
        var tree = new AvlTree(Memory, table);
        if (table.RestartKey is { } restart && restart.Address == found.Address)
            table.SetRestartKey(Memory, tree.Neighbour(found, -1));
        table.SetDeleteCount(Memory, table.DeleteCount + 1);
        tree.Remove(found);
        table.SetNumberGenericTableElements(Memory, table.NumberGenericTableElements - 1);
        ForgetOrder(table);
        await CallTable(table.FreeRoutine, table.Address, found.Address.Value);
        return true;
    }

    [KernelExport("ntoskrnl.exe", Doc = "RtlLookupElementGenericTableAvl, ntddk.h")]
    internal async GuestTask<VirtualAddress> RtlLookupElementGenericTableAvl(RtlAvlTable table, VirtualAddress buffer)
    {
        var (node, order) = await FindAvl(table, buffer);
        return node is { } found && order == 0 ? found.Address + AvlHeaderBytes : VirtualAddress.Null;
    }

    /// <summary>The element at a position of the order, from zero.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "RtlGetElementGenericTableAvl, ntddk.h")]
    internal VirtualAddress RtlGetElementGenericTableAvl(RtlAvlTable table, uint index)
    {
        if (index >= table.NumberGenericTableElements)
            return VirtualAddress.Null;
        var tree = new AvlTree(Memory, table);
        var node = tree.First();
        for (uint i = 0; i < index && node is { } current; i++)
            node = tree.Neighbour(current, 1);
        return DataOf(node);
    }

    [KernelExport("ntoskrnl.exe", Doc = "RtlEnumerateGenericTableAvl, ntddk.h")]
    internal VirtualAddress RtlEnumerateGenericTableAvl(RtlAvlTable table, NtBoolean restart)
    {
        var tree = new AvlTree(Memory, table);
        var next = restart || table.RestartKey is not { } last ? tree.First() : tree.Neighbour(last, 1);
        if (restart || next is not null)
            table.SetRestartKey(Memory, next);
        return DataOf(next);
    }

    [KernelExport("ntoskrnl.exe", Doc = "RtlEnumerateGenericTableWithoutSplayingAvl, ntddk.h")]
    internal VirtualAddress RtlEnumerateGenericTableWithoutSplayingAvl(RtlAvlTable table, Out<RtlBalancedLinks> restartKey)
    {
        var tree = new AvlTree(Memory, table);
        var next = restartKey.Get(Memory) is { } last ? tree.Neighbour(last, 1) : tree.First();
        if (next is not null)
            restartKey.Set(Memory, next);
        return DataOf(next);
    }

    [KernelExport("ntoskrnl.exe", Doc = "RtlNumberGenericTableElementsAvl, ntddk.h")]
    internal uint RtlNumberGenericTableElementsAvl(RtlAvlTable table) => table.NumberGenericTableElements;

    [KernelExport("ntoskrnl.exe", Doc = "RtlIsGenericTableEmptyAvl, ntddk.h")]
    internal NtBoolean RtlIsGenericTableEmptyAvl(RtlAvlTable table) => table.NumberGenericTableElements == 0;

    private static VirtualAddress DataOf(RtlBalancedLinks? node) => node is { } found ? found.Address + AvlHeaderBytes : VirtualAddress.Null;

    private void ForgetOrder(RtlAvlTable table)
    {
        table.SetOrderedPointer(Memory, VirtualAddress.Null);
        table.SetWhichOrderedElement(Memory, 0);
    }

    /// <summary>The node that equals, or the one that a new node would hang below and on which side; null for an empty tree.</summary>
    private async GuestTask<(RtlBalancedLinks? Node, int Order)> FindAvl(RtlAvlTable table, VirtualAddress buffer)
    {
        var node = table.BalancedRoot.RightChild;
        while (node is { } current)
        {
            var order = await CompareElements(table.CompareRoutine, table.Address, buffer, current.Address + AvlHeaderBytes);
            var next = order < 0 ? current.LeftChild : current.RightChild;
            if (order == 0 || next is null)
                return (current, order);
            node = next;
        }

        return (null, 0);
    }

    /// <returns>-1, 0 or 1 from RTL_GENERIC_COMPARE_RESULTS.</returns>
    private async GuestTask<int> CompareElements(VirtualAddress routine, VirtualAddress table, VirtualAddress left, VirtualAddress right) =>
        (uint)await CallTable(routine, table, left.Value, right.Value) switch { 0 => -1, 1 => 1, _ => 0 };

    private GuestTask<ulong> CallTable(VirtualAddress routine, VirtualAddress table, ulong argument) =>
        _kernel.CurrentThread.Call(routine, table.Value, argument);

    private GuestTask<ulong> CallTable(VirtualAddress routine, VirtualAddress table, ulong first, ulong second) =>
        _kernel.CurrentThread.Call(routine, table.Value, first, second);
}

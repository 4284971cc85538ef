using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Device queues: an entry is inserted while the device is busy, else the device becomes busy.</summary>
/// <remarks>Doc: "Introduction to Device Queues", WDK.</remarks>
internal sealed partial class KernelCore
{
    [KernelExport("ntoskrnl.exe", Doc = "KeInitializeDeviceQueue, WDK reference")]
    internal void KeInitializeDeviceQueue(KDeviceQueue deviceQueue)
    {
        deviceQueue.SetType(Memory, (short)DispatcherType.DeviceQueue);
        deviceQueue.SetSize(Memory, (short)KDeviceQueue.SizeOf(Memory.Layout));
        InitializeList(deviceQueue.DeviceListHead.Address);
        deviceQueue.SetLock(Memory, 0);
        deviceQueue.SetBusy(Memory, false);
    }

    /// <returns>FALSE when the queue was not busy: the caller handles the request itself.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeInsertDeviceQueue, WDK reference")]
    internal NtBoolean KeInsertDeviceQueue(KDeviceQueue deviceQueue, KDeviceQueueEntry deviceQueueEntry)
    {
        if (!BecomesBusy(deviceQueue, deviceQueueEntry))
            return false;
        InsertTail(deviceQueue.DeviceListHead.Address, deviceQueueEntry.DeviceListEntry.Address);
        return true;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeInsertByKeyDeviceQueue, WDK reference")]
    internal NtBoolean KeInsertByKeyDeviceQueue(KDeviceQueue deviceQueue, KDeviceQueueEntry deviceQueueEntry, uint sortKey)
    {
        deviceQueueEntry.SetSortKey(Memory, sortKey);
        if (!BecomesBusy(deviceQueue, deviceQueueEntry))
            return false;
        var head = deviceQueue.DeviceListHead.Address;
        var next = deviceQueue.DeviceListHead.Flink;
        while (next != head && new KDeviceQueueEntry(Memory, next).SortKey <= sortKey)
            next = new ListEntry(Memory, next).Flink;
        InsertTail(next, deviceQueueEntry.DeviceListEntry.Address);
        return true;
    }

    /// <returns>The first entry; null when there was none, and the queue is not busy any more.</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeRemoveDeviceQueue, WDK reference")]
    internal VirtualAddress KeRemoveDeviceQueue(KDeviceQueue deviceQueue) =>
        Take(deviceQueue, RemoveHead(deviceQueue.DeviceListHead.Address));

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeRemoveByKeyDeviceQueue, WDK reference: the first with at least the key, else the first")]
    internal VirtualAddress KeRemoveByKeyDeviceQueue(KDeviceQueue deviceQueue, uint sortKey)
    {
        var head = deviceQueue.DeviceListHead.Address;
        for (var entry = deviceQueue.DeviceListHead.Flink; entry != head; entry = new ListEntry(Memory, entry).Flink)
        {
            if (new KDeviceQueueEntry(Memory, entry).SortKey >= sortKey)
            {
                RemoveEntry(entry);
                return Take(deviceQueue, entry);
            }
        }

        return KeRemoveDeviceQueue(deviceQueue);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Doc = "KeRemoveEntryDeviceQueue, WDK reference")]
    internal NtBoolean KeRemoveEntryDeviceQueue(KDeviceQueue deviceQueue, KDeviceQueueEntry deviceQueueEntry)
    {
        if (!deviceQueueEntry.Inserted)
            return false;
        RemoveEntry(deviceQueueEntry.DeviceListEntry.Address);
        deviceQueueEntry.SetInserted(Memory, false);
        return true;
    }

    private bool BecomesBusy(KDeviceQueue queue, KDeviceQueueEntry entry)
    {
        var wasBusy = queue.Busy;
        queue.SetBusy(Memory, true);
        entry.SetInserted(Memory, wasBusy);
        return wasBusy;
    }

    private VirtualAddress Take(KDeviceQueue queue, VirtualAddress? entry)
    {
        if (entry is not { } address)
        {
            queue.SetBusy(Memory, false);
            return VirtualAddress.Null;
        }

        new KDeviceQueueEntry(Memory, address).SetInserted(Memory, false);
        return address;
    }
}

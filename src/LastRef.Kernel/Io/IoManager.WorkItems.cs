using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Work items that hold their device or driver while they wait and run (U-6.50, U-6.51).</summary>
internal sealed partial class IoManager
{
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.50")]
    internal IoWorkItem? IoAllocateWorkItem(DeviceObject deviceObject)
    {
        var item = new IoWorkItem(Memory, _kernel.Ex.NonPagedPool.Allocate(IoSizeofWorkItem(), PoolTags.WorkItem, null));
        item.SetIoObject(Memory, deviceObject.Address);
        return item;
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.50")]
    internal void IoFreeWorkItem(IoWorkItem ioWorkItem)
    {
        RefuseQueued(ioWorkItem, "IoFreeWorkItem");
        if (_kernel.Ex.NonPagedPool.Free(ioWorkItem.Address) is null)
            throw MachineStopException.BugCheck(0xC2, "IoFreeWorkItem of memory that is not an allocated work item", 7, 0, 0, ioWorkItem.Address.Value);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.50")]
    internal void IoInitializeWorkItem(VirtualAddress ioObject, IoWorkItem ioWorkItem)
    {
        Memory.Clear(ioWorkItem.Address, (int)IoSizeofWorkItem());
        ioWorkItem.SetIoObject(Memory, ioObject);
    }

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.50")]
    internal void IoUninitializeWorkItem(IoWorkItem ioWorkItem) => RefuseQueued(ioWorkItem, "IoUninitializeWorkItem");

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-1.42")]
    internal uint IoSizeofWorkItem() => (uint)IoWorkItem.SizeOf(Memory.Layout);

    /// <summary>Queues a routine that gets the item's object and the context.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.51 U-11.10")]
    internal void IoQueueWorkItem(IoWorkItem ioWorkItem, VirtualAddress workerRoutine, int queueType, VirtualAddress context) =>
        QueueWorkItem(ioWorkItem, workerRoutine, context, withItem: false);

    /// <summary>Queues a routine that also gets the item, so that it can free it.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.51 U-11.10")]
    internal void IoQueueWorkItemEx(IoWorkItem ioWorkItem, VirtualAddress workerRoutine, int queueType, VirtualAddress context) =>
        QueueWorkItem(ioWorkItem, workerRoutine, context, withItem: true);

    /// <returns>FALSE when the item is queued already (Doc: IoTryQueueWorkItem).</returns>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Dispatch, Spec = "U-6.51 U-11.10")]
    internal NtBoolean IoTryQueueWorkItem(IoWorkItem ioWorkItem, VirtualAddress workerRoutine, int queueType, VirtualAddress context)
    {
        if (!ioWorkItem.WorkItem.List.Flink.IsNull)
            return false;
        QueueWorkItem(ioWorkItem, workerRoutine, context, withItem: true);
        return true;
    }

    private void QueueWorkItem(IoWorkItem item, VirtualAddress routine, VirtualAddress context, bool withItem)
    {
        if (!item.WorkItem.List.Flink.IsNull)
            throw MachineStopException.BugCheck(0xE4, $"the work item at {item.Address} is queued already", 0, item.Address.Value);

        // A non-null link marks the item as queued; the order of the queue is the executive's.
        item.WorkItem.List.SetFlink(Memory, item.Address);
        item.WorkItem.List.SetBlink(Memory, item.Address);
        item.SetRoutine(Memory, routine);
        item.SetContext(Memory, context);
        var held = item.IoObject;
        _kernel.Ob.Reference(held, ReferenceCause.WorkItem, item.Address);
        _kernel.Record(new RegistrationRecord(RegistrationKind.WorkItem, true, item.Address, routine, held));
        _kernel.Ex.QueueWork(thread => RunWorkItem(thread, item, held, withItem));
    }

    private async GuestTask RunWorkItem(KernelThread thread, IoWorkItem item, VirtualAddress held, bool withItem)
    {
        // The routine may free the item: everything is read, and the mark taken off, before it is called.
        var (routine, context) = (item.Routine, item.Context);
        item.WorkItem.List.SetFlink(Memory, VirtualAddress.Null);
        var driver = _kernel.Ob.KindOf(held) == ObjectKind.Driver
            ? held
            : new DeviceObject(Memory, held).DriverObject?.Address ?? VirtualAddress.Null;
        if (withItem)
            await _kernel.CallDriver(DriverCallKind.WorkItem, driver, thread, routine, held.Value, context.Value, item.Address.Value);
        else
            await _kernel.CallDriver(DriverCallKind.WorkItem, driver, thread, routine, held.Value, context.Value);
        _kernel.Record(new RegistrationRecord(RegistrationKind.WorkItem, false, item.Address, routine, held));
        await _kernel.Ob.Dereference(held, ReferenceCause.WorkItem, item.Address);
    }

    private static void RefuseQueued(IoWorkItem item, string routine)
    {
        // Doc: "Bug Check 0x96: INVALID_WORK_QUEUE_ITEM": an item's memory was given back while it is in a queue.
        if (!item.WorkItem.List.Flink.IsNull)
            throw MachineStopException.BugCheck(0x96, $"{routine} was called for a work item that is queued", item.Address.Value);
    }
}

using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>What waits, and what is registered, in a stopped machine.</summary>
internal sealed partial class StoppedMachine
{
    private VirtualAddress _workQueue;
    private VirtualAddress _eventTable;
    private VirtualAddress? _links;

    public VirtualAddress NmiCallback(VirtualAddress routine)
    {
        var head = AddressOf("KiNmiCallbackListHead");
        var entry = new RoutineListEntry(Memory, Pool("Cblk", RoutineListEntry.SizeOf(Layout)));
        entry.SetNext(Memory, Memory.ReadPointer(head));
        entry.SetRoutine(Memory, routine);
        Memory.WritePointer(head, entry.Address);
        return entry.Address;
    }

    public VirtualAddress PowerSetting(VirtualAddress routine)
    {
        var entry = new PowerSettingRegistration(Memory, Pool("PSet", PowerSettingRegistration.SizeOf(Layout)));
        entry.SetCallback(Memory, routine);
        Append(AddressOf("PopRegisteredPowerSettingCallbacks"), entry.Link.Address);
        return entry.Address;
    }

    /// <summary>A callback for a setting that has a value.</summary>
    public VirtualAddress PowerSettingWithValue(VirtualAddress routine)
    {
        var setting = new PowerSetting(Memory, Pool("PSet", LastRef.Nt.PowerSetting.SizeOf(Layout)));
        Initialize(setting.Registrations.Address);
        Append(AddressOf("PopPowerSettings"), setting.Link.Address);
        var entry = new PowerSettingRegistration(Memory, Pool("PSet", PowerSettingRegistration.SizeOf(Layout)));
        entry.SetTag(Memory, 0x7465_5350);
        entry.SetCallback(Memory, routine);
        Append(setting.Registrations.Address, entry.Link.Address);
        return entry.Address;
    }

    public VirtualAddress WmiProvider(DeviceObject device)
    {
        var entry = new WmiRegistration(Memory, Pool("WmiR", WmiRegistration.SizeOf(Layout)));
        entry.SetDeviceObject(Memory, device);
        Append(AddressOf("WmipInUseRegEntryHead"), entry.Link.Address);
        return entry.Address;
    }

    public VirtualAddress EventProvider(VirtualAddress callback, bool isKernel = true)
    {
        var guid = new EtwGuidEntry(Memory, Allocate(EtwGuidEntry.SizeOf(Layout)));
        Initialize(guid.RegListHead.Address);
        Append(_eventTable + (0x38 * 63) + 32, guid.GuidList.Address);
        var entry = new EtwRegEntry(Memory, Allocate(EtwRegEntry.SizeOf(Layout)));
        entry.SetCallback(Memory, callback);
        Layout.TryGetField("_ETW_REG_ENTRY", "Flags", out var flags);
        Memory.WriteByte(entry.Address + flags.Offset, (byte)(isKernel ? 1 : 2));
        Append(guid.RegListHead.Address, entry.RegList.Address);
        return entry.Address;
    }

    /// <summary>A work item in a queue: the I/O manager's when it has an object, else one of ExQueueWorkItem.</summary>
    public VirtualAddress QueuedItem(VirtualAddress routine, VirtualAddress ioObject)
    {
        if (ioObject.IsNull)
        {
            var item = new WorkQueueItem(Memory, Pool("Work", WorkQueueItem.SizeOf(Layout)));
            item.SetWorkerRoutine(Memory, routine);
            Append(_workQueue, item.List.Address);
            return item.Address;
        }

        var ioItem = new IoWorkItem(Memory, Pool("IoWI", IoWorkItem.SizeOf(Layout)));
        ioItem.SetRoutine(Memory, routine);
        ioItem.SetIoObject(Memory, ioObject);
        ioItem.WorkItem.SetWorkerRoutine(Memory, AddressOf("IopProcessWorkItem"));
        ioItem.WorkItem.SetParameter(Memory, ioItem.Address);
        Append(_workQueue, ioItem.WorkItem.List.Address);
        return ioItem.Address;
    }

    public VirtualAddress PendingRemoval(DeviceObject pdo)
    {
        var entry = new PendingRelationsListEntry(Memory, Pool("Pnp ", PendingRelationsListEntry.SizeOf(Layout)));
        entry.SetDeviceObject(Memory, pdo);
        Append(AddressOf("IopPendingSurpriseRemovals"), entry.Link.Address);
        return entry.Address;
    }

    /// <summary>A symbolic link in <c>\GLOBAL??</c>.</summary>
    public VirtualAddress Link(string name, string target)
    {
        if (_links is null)
        {
            _links = Directory("GLOBAL??");
            var type = Pool("ObjT", ObjectType.SizeOf(Layout));
            Text(new ObjectType(Memory, type).Name, "SymbolicLink");
            var table = Variable("ObTypeIndexTable", 8 * 256);
            for (var i = 2; i < 256; i++)
                Memory.WritePointer(table + (8 * i), type);
            Memory.WriteByte(Variable("ObHeaderCookie", 1), 0);
        }

        var body = Object(0, SymbolicLinkObject.SizeOf(Layout), name, _links.Value, 1, "Symb");
        Text(new SymbolicLinkObject(Memory, body).LinkTarget, target);
        return body;
    }

    /// <summary>Maps an image's header with an exception directory of one function, from its start + 1000h on.</summary>
    public void UnwindData(DriverObject driver, uint end, uint unwindOffset, byte[] unwind)
    {
        const int nt = 0x80, directory = 0x200, data = 0x300, exceptionDirectory = 24 + 112 + (8 * 3);
        var image = driver.DriverStart;
        Memory.Map(image, 0x1000);
        Memory.WriteUInt32(image + 0x3C, nt);
        Memory.WriteUInt32(image + (nt + exceptionDirectory), directory);
        Memory.WriteUInt32(image + (nt + exceptionDirectory + 4), 12);
        Memory.WriteUInt32(image + directory, 0x1000);
        Memory.WriteUInt32(image + (directory + 4), end);
        Memory.WriteUInt32(image + (directory + 8), data + unwindOffset);
        Memory.Write(image + (data + (int)(unwindOffset & 0xFF)), unwind);
    }

    /// <summary>Makes a thread wait for an object in the function that was called last, whose caller is on the stack above.</summary>
    /// <param name="stack">What lies above the saved frame, from the return address of the function that gave up the processor on.</param>
    public void Waiting(EThread thread, ulong code, VirtualAddress waited, params ulong[] stack)
    {
        const int frameBytes = 0x40, frameReturn = 0x38;
        var tcb = thread.Tcb;
        var frame = tcb.StackBase - (0x100 + frameBytes + (8 * stack.Length));
        Memory.WriteUInt64(frame + frameReturn, code);
        for (var i = 0; i < stack.Length; i++)
            Memory.WriteUInt64(frame + (frameBytes + (8 * i)), stack[i]);
        tcb.SetKernelStack(Memory, frame);
        tcb.SetState(Memory, 5);
        var block = new KWaitBlock(Memory, Allocate(KWaitBlock.SizeOf(Layout)));
        block.SetObject(Memory, waited);
        block.SetWaitType(Memory, 1);
        if (Layout.TryGetField("_KWAIT_BLOCK", "NextWaitBlock", out var next))
            Memory.WritePointer(block.Address + next.Offset, block.Address);
        tcb.SetWaitBlockList(Memory, block.Address);
        if (Layout.TryGetField("_KTHREAD", "WaitBlockCount", out var count))
            Memory.WriteByte(thread.Address + count.Offset, 1);
    }

    /// <summary>A remove lock whose owner waits for its release.</summary>
    public VirtualAddress RemoveLock(int acquisitions)
    {
        var @lock = new RemoveLockCommonBlock(Memory, Pool("Lock", RemoveLockCommonBlock.SizeOf(Layout)));
        @lock.SetRemoved(Memory, true);
        @lock.SetIoCount(Memory, acquisitions);
        var header = @lock.RemoveEvent.Header;
        header.SetType(Memory, DispatcherType.EventSynchronization);
        header.SetSize(Memory, 6);
        return @lock.Address;
    }

    private void MakeWorkQueue()
    {
        Variable("IopProcessWorkItem", 8);
        if (Layout.TryGetField("_EX_WORK_QUEUE", "WorkerQueue.EntryListHead", out var only))
        {
            var size = Layout.Structure("_EX_WORK_QUEUE")!.Size;
            var queues = Variable("ExWorkerQueue", 3 * size);
            for (var i = 0; i < 3; i++)
                Initialize(queues + ((i * size) + only.Offset));
            _workQueue = queues + (size + only.Offset);
            return;
        }

        var queue = Allocate(Layout.Structure("_EX_WORK_QUEUE")!.Size);
        Layout.TryGetField("_EX_WORK_QUEUE", "WorkPriQueue.EntryListHead", out var heads);
        for (var i = 0; i < heads.Count; i++)
            Initialize(queue + (heads.Offset + (16 * i)));
        _workQueue = queue + (heads.Offset + (16 * 12));
        if (Layout.TryGetField("_EX_PARTITION", "WorkQueues", out var ofPartition) && Layout.TryGetField("_EPARTITION", "ExPartition", out var executive))
        {
            var (partition, ex, nodes, node) = (Allocate(0x80), Allocate(0x20), Allocate(16), Allocate(80));
            Memory.WritePointer(Variable("PspSystemPartition", 8), partition);
            Memory.WritePointer(partition + executive.Offset, ex);
            Memory.WritePointer(ex + ofPartition.Offset, nodes);
            Memory.WritePointer(nodes, node);
            Memory.WritePointer(node, queue);
        }
        else if (Layout.TryGetField("_ENODE", "ExWorkQueues", out var ofNode))
        {
            var node = Allocate(Layout.Structure("_ENODE")!.Size);
            Memory.WritePointer(Variable("KeNodeBlock", 16), node);
            Memory.WritePointer(node + ofNode.Offset, queue);
        }
    }

    private void MakeEventTable()
    {
        if (Layout.TryGetField("_ETW_SILODRIVERSTATE", "EtwpGuidHashTable", out var table))
        {
            var silo = Allocate(Layout.Structure("_ETW_SILODRIVERSTATE")!.Size);
            Memory.WritePointer(Variable("EtwpHostSiloState", 8), silo);
            _eventTable = silo + table.Offset;
        }
        else
        {
            _eventTable = Variable("EtwpGuidHashTable", 64 * 0x38);
        }

        for (var i = 0; i < 64 * 3; i++)
            Initialize(_eventTable + ((i / 3 * 0x38) + (i % 3 * 16)));
    }
}

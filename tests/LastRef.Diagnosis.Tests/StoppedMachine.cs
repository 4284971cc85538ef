using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Builds the memory of a stopped machine: kernel variables, lists, pool, in the layouts that the code under test reads.</summary>
internal sealed partial class StoppedMachine : IMachineMemory
{
    private const int HeaderBytes = 0x30;
    private const int NameInfoBytes = 0x20;
    private const int EntriesPerPage = 256;
    private const ulong WaitNever = 0x0123_4567_89AB_CD2F;
    private const ulong WaitAlways = 0xFEDC_BA98_7654_3210;
    private static readonly VirtualAddress _imageBase = new(0xFFFF_F800_4000_0000);
    private readonly Dictionary<string, VirtualAddress> _variables = new(StringComparer.Ordinal);
    private readonly Dictionary<VirtualAddress, (uint Next, VirtualAddress[] Leaves, VirtualAddress Table)> _tables = [];
    private VirtualAddress _next = new(0xFFFF_A000_0000_0000);
    private int _pageLeft;
    private VirtualAddress _nextImage = _imageBase;

    public StoppedMachine(NtBuild build = NtBuild.Windows10_2004)
    {
        Memory = new SparseTarget(build);
        List("PsLoadedModuleList");
        List("PsActiveProcessHead");
        List("CallbackListHead");
        List("IopNotifyShutdownQueueHead");
        List("IopNotifyLastChanceShutdownQueueHead");
        List("IopFsNotifyChangeQueueHead");
        List("KeBugCheckCallbackListHead");
        List("KeBugCheckReasonCallbackListHead");
        List("IopTimerQueueHead");
        List("PnpProfileNotifyList");
        List("PopRegisteredPowerSettingCallbacks");
        List("PopPowerSettings");
        List("WmipInUseRegEntryHead");
        List("IopPendingSurpriseRemovals");
        List("IopPendingEjects");
        Variable("KiNmiCallbackListHead", 8);
        Variable("SeFileSystemNotifyRoutinesHead", 8);
        foreach (var array in new[] { "PspCreateProcessNotifyRoutine", "PspCreateThreadNotifyRoutine", "PspLoadImageNotifyRoutine" })
            Variable(array, 64 * 8);
        var classes = Variable("PnpDeviceClassNotifyList", 13 * 16);
        for (var i = 0; i < 13; i++)
            Initialize(classes + (16 * i));
        Memory.WriteUInt64(Variable("KiWaitNever", 8), WaitNever);
        Memory.WriteUInt64(Variable("KiWaitAlways", 8), WaitAlways);
        Root = Object(0, ObjectDirectory.SizeOf(Layout), null, default, 1);
        Memory.WritePointer(Variable("ObpRootDirectoryObject", 8), Root);
        DriverDirectory = Directory("Driver");
        DeviceDirectory = Directory("Device");
        Unloaded = Allocate(50 * 0x28);
        Memory.WritePointer(Variable("MmUnloadedDrivers", 8), Unloaded);
        Memory.WritePointer(Variable("IopRootDeviceNode", 8), RootNode = Allocate(DeviceNode.SizeOf(Layout)));
        Initialize(new DeviceNode(Memory, RootNode).TargetDeviceNotifyAddress);
        Text(new DeviceNode(Memory, RootNode).InstancePath, @"HTREE\ROOT\0");
        Prcb = Allocate(KPrcb.SizeOf(Layout));
        Memory.WritePointer(Variable("KiProcessorBlock", 16), Prcb);
        var timers = new KPrcb(Memory, Prcb).TimerTable.TimerEntries;
        for (var i = 0; i < timers.Count; i++)
            Initialize(timers[i].Entry.Address);
        MakeWorkQueue();
        MakeEventTable();
        System = Process("System", 4);
    }

    public SparseTarget Memory { get; }

    Target IMachineMemory.Target => Memory;

    public TypeLayout Layout => Memory.Layout;

    public VirtualAddress Root { get; }

    public VirtualAddress DriverDirectory { get; }

    public VirtualAddress DeviceDirectory { get; }

    public VirtualAddress Unloaded { get; }

    public VirtualAddress RootNode { get; }

    public VirtualAddress Prcb { get; }

    public EProcess System { get; }

    /// <summary>Pages that a scan asked for.</summary>
    public int RangesGiven { get; private set; }

    public VirtualAddress? Find(string variable) => _variables.TryGetValue(variable, out var address) ? address : null;

    /// <summary>Takes a variable away, as a dump without its symbols would.</summary>
    public void Forget(string variable) => _variables.Remove(variable);

    public IReadOnlyDictionary<string, VirtualAddress> Variables => _variables;

    public VirtualAddress AddressOf(string variable) => _variables[variable];

    public IEnumerable<MappedMemory> Mapped(VirtualAddress first, VirtualAddress last, Action<string> cutOff)
    {
        foreach (var page in Memory.Pages.Where(p => p >= first && p <= last).ToArray())
        {
            RangesGiven++;
            yield return new MappedMemory(page, SparseTarget.PageSize, true);
        }
    }

    public VirtualAddress Allocate(int byteCount)
    {
        byteCount = (byteCount + 15) & ~15;
        if (byteCount > _pageLeft)
        {
            _next = new VirtualAddress((_next.Value + 0xFFF) & ~0xFFFUL);
            var pages = (byteCount + 0xFFF) & ~0xFFF;
            Memory.Map(_next, pages);
            _pageLeft = pages;
        }

        var address = _next;
        _next += byteCount;
        _pageLeft -= byteCount;
        return address;
    }

    /// <summary>A pool block behind its header; never across a page.</summary>
    public VirtualAddress Pool(string tag, int byteCount)
    {
        var slot = 16 + ((byteCount + 15) & ~15);
        var header = Allocate(slot);
        Memory.WriteByte(header + 2, (byte)(slot / 16));
        Memory.WriteByte(header + 3, 2);
        Memory.Write(header + 4, Encoding.ASCII.GetBytes(tag));
        return header + 16;
    }

    /// <summary>An object; named and entered in a directory when <paramref name="name"/> is not null.</summary>
    public VirtualAddress Object(uint index, int bodyBytes, string? name, VirtualAddress directory, long pointerCount, string tag = "ObXx")
    {
        var block = Pool(tag, NameInfoBytes + HeaderBytes + bodyBytes);
        var header = new ObjectHeader(Memory, block + NameInfoBytes);
        header.SetPointerCount(Memory, pointerCount);
        header.SetInfoMask(Memory, ObjectInfoMask.NameInfo);
        var body = header.Address + HeaderBytes;
        _ = index;
        if (name is null)
            return body;
        var info = new ObjectHeaderNameInfo(Memory, block);
        info.SetDirectory(Memory, new ObjectDirectory(Memory, directory));
        Text(info.Name, name);
        Enter(directory, name, body);
        return body;
    }

    public VirtualAddress Directory(string name) => Object(0, ObjectDirectory.SizeOf(Layout), name, Root, 1, "Dire");

    public DriverObject Driver(string name, DriverObjectFlags flags = DriverObjectFlags.Initialized, bool isNamed = true, bool isPnp = false, bool hasUnload = true)
    {
        var size = DriverObject.SizeOf(Layout);
        var module = Module(name + ".sys", 0x8000, 1);
        var driver = new DriverObject(Memory, Object(0, size + DriverExtension.SizeOf(Layout), isNamed ? name : null, DriverDirectory, isNamed ? 2 : 1, "Driv"));
        driver.SetType(Memory, 4);
        driver.SetSize(Memory, (short)size);
        driver.SetFlags(Memory, flags);
        driver.SetDriverExtension(Memory, new DriverExtension(Memory, driver.Address + size));
        driver.SetDriverSection(Memory, module);
        driver.SetDriverStart(Memory, module.DllBase);
        driver.SetDriverSize(Memory, module.SizeOfImage);
        if (hasUnload)
            driver.SetDriverUnload(Memory, module.DllBase + 0x1000);
        if (isPnp)
            new DriverExtension(Memory, driver.Address + size).SetAddDevice(Memory, module.DllBase + 0x1100);
        Text(driver.DriverName, @"\Driver\" + name);
        Text(new DriverExtension(Memory, driver.Address + size).ServiceKeyName, name);
        return driver;
    }

    public DeviceObject Device(DriverObject driver, string? name, bool isListed = true)
    {
        var size = DeviceObject.SizeOf(Layout);
        var device = new DeviceObject(Memory, Object(0, size + DeviceObjectExtension.SizeOf(Layout), name, DeviceDirectory, name is null ? 1 : 2, "Devi"));
        var extension = new DeviceObjectExtension(Memory, device.Address + size);
        device.SetType(Memory, 3);
        device.SetSize(Memory, (ushort)size);
        device.SetDriverObject(Memory, driver);
        device.SetDeviceObjectExtension(Memory, extension);
        Memory.WriteUInt16(extension.Address, 0x0D);
        var header = new ObjectHeader(Memory, driver.Address - HeaderBytes);
        header.SetPointerCount(Memory, header.PointerCount + 1);
        if (!isListed)
            return device;
        device.SetNextDevice(Memory, driver.DeviceObject);
        driver.SetDeviceObject(Memory, device);
        return device;
    }

    public void Attach(DeviceObject upper, DeviceObject lower)
    {
        lower.SetAttachedDevice(Memory, upper);
        upper.DeviceObjectExtension!.Value.SetAttachedTo(Memory, lower);
    }

    public void SetExtensionFlags(DeviceObject device, DeviceObjectExtensionFlags flags) => device.DeviceObjectExtension!.Value.SetExtensionFlags(Memory, flags);

    public FileObject Open(DeviceObject device, long pointerCount = 1)
    {
        var file = new FileObject(Memory, Object(0, FileObject.SizeOf(Layout), null, default, pointerCount, "File"));
        file.SetType(Memory, 5);
        file.SetSize(Memory, (short)FileObject.SizeOf(Layout));
        file.SetDeviceObject(Memory, device);
        Initialize(file.IrpList.Address);
        device.SetReferenceCount(Memory, device.ReferenceCount + 1);
        return file;
    }

    public EProcess Process(string name, ulong id)
    {
        var process = new EProcess(Memory, Pool("Proc", EProcess.SizeOf(Layout)));
        process.SetUniqueProcessId(Memory, new HandleValue(id));
        for (var i = 0; i < name.Length; i++)
            process.ImageFileName.Set(Memory, i, (byte)name[i]);
        Initialize(process.ThreadListHead.Address);
        Append(AddressOf("PsActiveProcessHead"), process.ActiveProcessLinks.Address);
        var table = new HandleTable(Memory, Allocate(HandleTable.SizeOf(Layout)));
        process.SetObjectTable(Memory, table);
        var leaf = Page();
        table.SetTableCode(Memory, leaf.Value);
        _tables[process.Address] = (1, [leaf], table.Address);
        return process;
    }

    /// <summary>A handle; the table grows a level when it must.</summary>
    public uint Handle(EProcess process, VirtualAddress body, uint batch = 0x7FFF)
    {
        var (index, leaves, table) = _tables[process.Address];
        if (index % EntriesPerPage == 0)
            index++;
        var leaf = (int)(index / EntriesPerPage);
        if (leaf == leaves.Length)
        {
            leaves = [.. leaves, Page()];
            WriteLevels(table, leaves);
        }

        var entry = new HandleTableEntry(Memory, leaves[leaf] + ((int)(index % EntriesPerPage) * 16));
        var header = body - HeaderBytes;
        if (entry.ObjectPointerBits is null)
            entry.SetValue(Memory, header.Value | 1);
        else
        {
            entry.SetUnlocked(Memory, 1);
            entry.SetRefCnt(Memory, batch);
            entry.SetObjectPointerBits(Memory, (header.Value >> 4) & 0xFFF_FFFF_FFFF);
        }

        var counts = new ObjectHeader(Memory, header);
        counts.SetHandleCount(Memory, counts.HandleCount + 1);
        counts.SetPointerCount(Memory, counts.PointerCount + (entry.RefCnt is null ? 1 : batch) - (counts.HandleCount == 1 ? 1 : 0));
        _tables[process.Address] = (index + 1, leaves, table);
        return 4 * index;
    }

    public EThread Thread(EProcess process, VirtualAddress start, params ulong[] stack)
    {
        var thread = new EThread(Memory, Pool("Thre", EThread.SizeOf(Layout)));
        thread.SetStartAddress(Memory, start);
        thread.SetUniqueThread(Memory, new HandleValue(0x100 + (thread.Address.Value & 0xFFF0)));
        Initialize(thread.IrpList.Address);
        Append(process.ThreadListHead.Address, thread.ThreadListEntry.Address);
        var limit = Page();
        var tcb = thread.Tcb;
        tcb.SetStackLimit(Memory, limit);
        tcb.SetStackBase(Memory, limit + 0x1000);
        tcb.SetKernelStack(Memory, limit + (0x1000 - (8 * (stack.Length + 1))));
        for (var i = 0; i < stack.Length; i++)
            Memory.WriteUInt64(tcb.KernelStack + (8 * i), stack[i]);
        return thread;
    }

    public Irp Irp(DeviceObject device, FileObject? file, IrpMajor major, EThread? thread = null)
    {
        var bytes = Nt.Irp.SizeOf(Layout) + IoStackLocation.SizeOf(Layout);
        var irp = new Irp(Memory, Pool("Irp ", bytes));
        var location = new IoStackLocation(Memory, irp.Address + Nt.Irp.SizeOf(Layout));
        irp.SetType(Memory, 6);
        irp.SetSize(Memory, (ushort)bytes);
        irp.SetStackCount(Memory, 1);
        irp.SetCurrentLocation(Memory, 1);
        irp.SetCurrentStackLocation(Memory, location);
        location.SetMajorFunction(Memory, major);
        location.SetDeviceObject(Memory, device);
        location.SetFileObject(Memory, file);
        if (thread is { } of)
            Append(of.IrpList.Address, irp.ThreadListEntry.Address);
        else
            Initialize(irp.ThreadListEntry.Address);
        return irp;
    }

    public DeviceNode Node(string path, string service, string state, DeviceObject? pdo)
    {
        var node = new DeviceNode(Memory, Pool("Dnod", DeviceNode.SizeOf(Layout)));
        Text(node.InstancePath, path);
        Text(node.ServiceName, service);
        Layout.Enumeration("_PNP_DEVNODE_STATE")!.TryGetValue(state, out var value);
        node.SetState(Memory, (int)value);
        node.SetPhysicalDeviceObject(Memory, pdo);
        Initialize(node.TargetDeviceNotifyAddress);
        var root = new DeviceNode(Memory, RootNode);
        node.SetParent(Memory, root);
        node.SetSibling(Memory, root.Child);
        root.SetChild(Memory, node);
        pdo?.DeviceObjectExtension!.Value.SetDeviceNode(Memory, node);
        return node;
    }

    public KldrDataTableEntry Module(string name, uint byteCount, ushort loadCount)
    {
        var entry = new KldrDataTableEntry(Memory, Pool("MmLd", KldrDataTableEntry.SizeOf(Layout)));
        entry.SetDllBase(Memory, _nextImage);
        entry.SetSizeOfImage(Memory, byteCount);
        entry.SetLoadCount(Memory, loadCount);
        Text(entry.BaseDllName, name);
        Append(AddressOf("PsLoadedModuleList"), entry.InLoadOrderLinks.Address);
        _nextImage += byteCount + 0x10000UL;
        return entry;
    }

    public void UnloadedImage(int slot, string name, VirtualAddress start, uint byteCount, long time)
    {
        var entry = new UnloadedDriver(Memory, Unloaded + (slot * 0x28));
        Text(entry.Name, name);
        entry.SetStartAddress(Memory, start);
        entry.SetEndAddress(Memory, start + byteCount);
        entry.SetCurrentTime(Memory, time);
    }

    /// <summary>A set timer whose DPC is encoded as Windows does it.</summary>
    public KTimer Timer(VirtualAddress routine)
    {
        var timer = new KTimer(Memory, Allocate(KTimer.SizeOf(Layout)));
        var dpc = new KDpc(Memory, Allocate(KDpc.SizeOf(Layout)));
        dpc.SetDeferredRoutine(Memory, routine);
        timer.Header.SetType(Memory, DispatcherType.TimerNotification);
        var mixed = BinaryPrimitives.ReverseEndianness(dpc.Address.Value ^ WaitAlways) ^ timer.Address.Value;
        timer.SetDpc(Memory, new VirtualAddress(BitOperations.RotateRight(mixed, (int)(WaitNever & 0x3F)) ^ WaitNever));
        Append(new KPrcb(Memory, Prcb).TimerTable.TimerEntries[17].Entry.Address, timer.TimerListEntry.Address);
        return timer;
    }

    public VirtualAddress PnpNotification(DriverObject driver, VirtualAddress routine)
    {
        var entry = new PnpNotifyEntry(Memory, Pool("Pnp9", PnpNotifyEntry.SizeOf(Layout)));
        entry.SetEventCategory(Memory, 2);
        entry.SetCallbackRoutine(Memory, routine);
        entry.SetDriverObject(Memory, driver);
        Append(AddressOf("PnpDeviceClassNotifyList") + (16 * 5), entry.ListEntry.Address);
        AddReferences(driver.Address, 1);
        return entry.Address;
    }

    /// <summary>A registration for the changes of one device, in the list of its node.</summary>
    public void TargetNotification(DriverObject driver, VirtualAddress routine, DeviceNode node)
    {
        var entry = new PnpNotifyEntry(Memory, Pool("Pnp9", PnpNotifyEntry.SizeOf(Layout)));
        entry.SetEventCategory(Memory, 3);
        entry.SetCallbackRoutine(Memory, routine);
        entry.SetDriverObject(Memory, driver);
        Append(node.TargetDeviceNotifyAddress, entry.ListEntry.Address);
        AddReferences(driver.Address, 1);
    }

    public void ProcessCallback(int slot, VirtualAddress routine)
    {
        var block = new ExCallbackRoutineBlock(Memory, Pool("Psnt", ExCallbackRoutineBlock.SizeOf(Layout)));
        block.SetFunction(Memory, routine);
        Memory.WriteUInt64(AddressOf("PspCreateProcessNotifyRoutine") + (8 * slot), block.Address.Value | 0xF);
    }

    public void AddReferences(VirtualAddress body, long count)
    {
        var header = new ObjectHeader(Memory, body - HeaderBytes);
        header.SetPointerCount(Memory, header.PointerCount + count);
    }

    public VirtualAddress Page()
    {
        _pageLeft = 0;
        return Allocate(0x1000);
    }

    public void Append(VirtualAddress head, VirtualAddress link)
    {
        var last = Memory.ReadPointer(head + 8);
        Memory.WritePointer(link, head);
        Memory.WritePointer(link + 8, last);
        Memory.WritePointer(last, link);
        Memory.WritePointer(head + 8, link);
    }

    public void Text(UnicodeString at, string text)
    {
        var buffer = Allocate(Math.Max(2, text.Length * 2));
        Memory.Write(buffer, Encoding.Unicode.GetBytes(text));
        at.SetLength(Memory, (ushort)(text.Length * 2));
        at.SetMaximumLength(Memory, (ushort)(text.Length * 2));
        at.SetBuffer(Memory, buffer);
    }

    /// <summary>One leaf; a page of leaves; a page of pages of leaves.</summary>
    private void WriteLevels(VirtualAddress table, VirtualAddress[] leaves)
    {
        var middles = new List<VirtualAddress>();
        foreach (var chunk in leaves.Chunk(512))
        {
            var middle = Page();
            for (var i = 0; i < chunk.Length; i++)
                Memory.WritePointer(middle + (8 * i), chunk[i]);
            middles.Add(middle);
        }

        var view = new HandleTable(Memory, table);
        if (middles.Count == 1)
        {
            view.SetTableCode(Memory, middles[0].Value | 1);
            return;
        }

        var top = Page();
        for (var i = 0; i < middles.Count; i++)
            Memory.WritePointer(top + (8 * i), middles[i]);
        view.SetTableCode(Memory, top.Value | 2);
    }

    private void Enter(VirtualAddress directory, string name, VirtualAddress body)
    {
        var entry = new ObjectDirectoryEntry(Memory, Allocate(ObjectDirectoryEntry.SizeOf(Layout)));
        var sum = name.Aggregate(0u, (hash, c) => (hash * 3) + c);
        var bucket = directory + (int)(8 * (sum % 37));
        var first = Memory.ReadPointer(bucket);
        entry.SetChainLink(Memory, first.IsNull ? null : new ObjectDirectoryEntry(Memory, first));
        entry.SetObject(Memory, body);
        Memory.WritePointer(bucket, entry.Address);
    }

    private VirtualAddress Variable(string name, int byteCount)
    {
        var address = Allocate(byteCount);
        _variables.Add(name, address);
        return address;
    }

    private void List(string name) => Initialize(Variable(name, 16));

    private void Initialize(VirtualAddress head)
    {
        Memory.WritePointer(head, head);
        Memory.WritePointer(head + 8, head);
    }
}

using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Builds the kernel objects around a driver in bare memory, with the layouts that the code under test reads.</summary>
internal sealed class KernelMemory
{
    private const int HeaderBytes = 0x30;
    private const int NameInfoBytes = 0x20;
    private static readonly VirtualAddress _heap = new(0xFFFF_A000_0000_0000);
    private readonly List<VirtualAddress> _devices = [];
    private readonly List<VirtualAddress> _files = [];
    private readonly List<VirtualAddress> _links = [];
    private readonly List<VirtualAddress> _processes = [];
    private readonly VirtualAddress _root;
    private readonly VirtualAddress _moduleList;
    private VirtualAddress _next = _heap;

    public KernelMemory(NtBuild build = NtBuild.Windows10_2004)
    {
        Memory = new SparseTarget(build);
        _root = Object(ObjectDirectory.SizeOf(Layout), null, default, 1);
        DriverDirectory = Object(ObjectDirectory.SizeOf(Layout), "Driver", _root, 1);
        DeviceDirectory = Object(ObjectDirectory.SizeOf(Layout), "Device", _root, 1);
        _moduleList = Allocate(16);
        Memory.WritePointer(_moduleList, _moduleList);
        Memory.WritePointer(_moduleList + 8, _moduleList);
    }

    public SparseTarget Memory { get; }

    public VirtualAddress DriverDirectory { get; }

    public VirtualAddress DeviceDirectory { get; }

    public VirtualAddress End => _next;

    private TypeLayout Layout => Memory.Layout;

    public VirtualAddress Allocate(int byteCount)
    {
        var address = _next;
        Memory.Map(address, byteCount);
        _next += (byteCount + 0x1F) & ~0xF;
        return address;
    }

    /// <summary>An object with a header; named when <paramref name="name"/> is not null.</summary>
    public VirtualAddress Object(int bodyBytes, string? name, VirtualAddress directory, long pointerCount)
    {
        var block = Allocate(NameInfoBytes + HeaderBytes + bodyBytes);
        var header = new ObjectHeader(Memory, block + NameInfoBytes);
        header.SetPointerCount(Memory, pointerCount);
        if (name is not null)
        {
            header.SetInfoMask(Memory, ObjectInfoMask.NameInfo);
            var info = new ObjectHeaderNameInfo(Memory, block);
            info.SetDirectory(Memory, new ObjectDirectory(Memory, directory));
            Text(info.Name, name);
        }

        return header.Address + HeaderBytes;
    }

    public DriverObject Driver(string name, long pointerCount, bool hasName = true)
    {
        var size = DriverObject.SizeOf(Layout);
        var driver = new DriverObject(Memory, Object(size + DriverExtension.SizeOf(Layout), hasName ? name : null, DriverDirectory, pointerCount));
        driver.SetType(Memory, 4);
        driver.SetSize(Memory, (short)size);
        driver.SetDriverExtension(Memory, new DriverExtension(Memory, driver.Address + size));
        driver.SetDriverUnload(Memory, new VirtualAddress(0xFFFF_F800_1000_2000));
        Text(driver.DriverName, @"\Driver\" + name);
        return driver;
    }

    public DeviceObject Device(DriverObject driver, string? name, long pointerCount, bool isListed = true)
    {
        var size = DeviceObject.SizeOf(Layout);
        var device = new DeviceObject(Memory, Object(size + DeviceObjectExtension.SizeOf(Layout), name, DeviceDirectory, pointerCount));
        device.SetType(Memory, 3);
        device.SetDriverObject(Memory, driver);
        device.SetDeviceObjectExtension(Memory, new DeviceObjectExtension(Memory, device.Address + size));
        _devices.Add(device.Address);
        if (!isListed)
            return device;
        device.SetNextDevice(Memory, driver.DeviceObject);
        driver.SetDeviceObject(Memory, device);
        return device;
    }

    public FileObject Open(DeviceObject device, long pointerCount, long handleCount)
    {
        var file = new FileObject(Memory, Object(FileObject.SizeOf(Layout), null, default, pointerCount));
        file.SetType(Memory, 5);
        file.SetDeviceObject(Memory, device);
        new ObjectHeader(Memory, file.Address - HeaderBytes).SetHandleCount(Memory, handleCount);
        device.SetReferenceCount(Memory, device.ReferenceCount + 1);
        _files.Add(file.Address);
        return file;
    }

    /// <summary>A process with one handle, number 0x44, in the format of the build.</summary>
    public void ProcessWithHandle(string imageName, ulong processId, VirtualAddress body, uint batch)
    {
        var process = new EProcess(Memory, Allocate(EProcess.SizeOf(Layout)));
        process.SetUniqueProcessId(Memory, new HandleValue(processId));
        for (var i = 0; i < imageName.Length; i++)
            process.ImageFileName.Set(Memory, i, (byte)imageName[i]);
        var threads = process.ThreadListHead.Address;
        Memory.WritePointer(threads, threads);
        Memory.WritePointer(threads + 8, threads);
        var table = new HandleTable(Memory, Allocate(HandleTable.SizeOf(Layout)));
        var entries = Allocate(4096);
        table.SetTableCode(Memory, entries.Value);
        process.SetObjectTable(Memory, table);
        var entry = new HandleTableEntry(Memory, entries + (0x44 / 4 * 16));
        var header = body - HeaderBytes;
        if (entry.ObjectPointerBits is null)
            entry.SetValue(Memory, header.Value | 1);
        else
        {
            entry.SetUnlocked(Memory, 1);
            entry.SetRefCnt(Memory, batch);
            entry.SetObjectPointerBits(Memory, (header.Value >> 4) & 0xFFF_FFFF_FFFF);
        }

        _processes.Add(process.Address);
    }

    public VirtualAddress Module(string name, VirtualAddress imageBase, uint byteCount, ushort loadCount)
    {
        var entry = new KldrDataTableEntry(Memory, Allocate(KldrDataTableEntry.SizeOf(Layout)));
        entry.SetDllBase(Memory, imageBase);
        entry.SetSizeOfImage(Memory, byteCount);
        entry.SetLoadCount(Memory, loadCount);
        Text(entry.BaseDllName, name);
        var links = entry.InLoadOrderLinks.Address;
        var last = Memory.ReadPointer(_moduleList + 8);
        Memory.WritePointer(links, _moduleList);
        Memory.WritePointer(links + 8, last);
        Memory.WritePointer(last, links);
        Memory.WritePointer(_moduleList + 8, links);
        return entry.Address;
    }

    public CaptureRoots Roots(DriverObject driver) => new()
    {
        DriverObject = driver.Address,
        ImageName = "x.sys",
        ImageBase = new VirtualAddress(0xFFFF_F800_1000_0000),
        ImageBytes = 0x8000,
        LoadedModuleList = _moduleList,
        DeviceObjects = _devices,
        FileObjects = _files,
        SymbolicLinks = _links,
        Processes = _processes,
        Limit = 100,
    };

    private void Text(UnicodeString at, string text)
    {
        var buffer = Allocate(text.Length * 2);
        for (var i = 0; i < text.Length; i++)
            Memory.WriteUInt16(buffer + (2 * i), text[i]);
        at.SetLength(Memory, (ushort)(text.Length * 2));
        at.SetMaximumLength(Memory, (ushort)(text.Length * 2));
        at.SetBuffer(Memory, buffer);
    }
}

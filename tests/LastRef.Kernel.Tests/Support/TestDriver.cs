using LastRef.Kernel;
using LastRef.Nt;
using LastRef.Symbols;

namespace LastRef.Tests;

/// <summary>A driver with an image of its own whose routines are written in C#; the kernel loads, calls and unloads it like any other.</summary>
internal sealed class TestDriver
{
    private readonly KernelTest _test;
    private readonly string _name;
    private readonly bool _isSigned;
    private uint _nextCode = TestImage.FreeRva;
    private bool _isBare;
    private bool _isPacked;

    private TestDriver(KernelTest test, string name, bool isSigned)
    {
        _test = test;
        _name = name;
        _isSigned = isSigned;
        Dispatch = (irp, location) => Complete(irp, NtStatus.Success);
        Unload = DeleteAllDevices;
    }

    /// <summary>What the driver saw, in order: major functions, <c>Unload</c>, and what a test adds.</summary>
    public List<string> Log { get; } = [];

    public DriverObject Object { get; private set; }

    /// <summary>What DriverEntry got; valid during DriverEntry only.</summary>
    public UnicodeString RegistryPath { get; private set; }

    public string ServiceKey => IoManager.ServicesKey + "\\" + _name;

    public string FileName => _name + ".sys";

    /// <summary>Handles every request; completes it with success unless a test says otherwise.</summary>
    public Func<Irp, IoStackLocation, GuestTask<NtStatus>> Dispatch { get; set; }

    /// <summary>Deletes all devices unless a test says otherwise.</summary>
    public Func<GuestTask> Unload { get; set; }

    public bool IsImageLoaded => _test.Kernel.Images.FindLoaded(FileName) is not null;

    public bool WasUnloaded => Log.Contains("Unload");

    private MutableTarget Memory => _test.Memory;

    /// <summary>Loads a driver whose DriverEntry sets every dispatch routine and DriverUnload.</summary>
    /// <param name="entry">What DriverEntry does besides; its status decides the load.</param>
    /// <param name="isSigned">Whether the image has the integrity flag.</param>
    public static TestDriver Load(KernelTest test, string name, Func<TestDriver, GuestTask<NtStatus>>? entry = null, bool isSigned = false)
    {
        var driver = new TestDriver(test, name, isSigned);
        var status = driver.TryLoad(entry ?? (_ => GuestTask.FromResult(NtStatus.Success)));
        Assert.Equal(NtStatus.Success, status);
        return driver;
    }

    /// <summary>Loads a driver whose DriverEntry does nothing but what a test says.</summary>
    public static (TestDriver Driver, NtStatus Status) TryLoadBare(KernelTest test, string name, Func<TestDriver, GuestTask<NtStatus>> entry)
    {
        var driver = new TestDriver(test, name, isSigned: false) { _isBare = true };
        return (driver, driver.TryLoad(entry));
    }

    /// <summary>Loads a driver whose image has all sections in one page.</summary>
    public static TestDriver LoadPacked(KernelTest test, string name)
    {
        var driver = new TestDriver(test, name, isSigned: false) { _isPacked = true };
        Assert.Equal(NtStatus.Success, driver.TryLoad(_ => GuestTask.FromResult(NtStatus.Success)));
        return driver;
    }

    /// <summary>Sets every dispatch routine and DriverUnload.</summary>
    public void SetRoutines()
    {
        var dispatch = _test.Routine(async arguments => (await OnRequest(new Irp(Memory, new VirtualAddress(arguments[1])))).Code);
        var unload = _test.Routine(async _ =>
        {
            Log.Add("Unload");
            await Unload();
            return 0;
        });
        for (var i = 0; i < 28; i++)
            Object.MajorFunction.Set(Memory, i, dispatch);
        Object.SetDriverUnload(Memory, unload);
    }

    /// <summary>Creates a device and clears DO_DEVICE_INITIALIZING.</summary>
    /// <param name="deviceName">Name in <c>\Device</c>; null for none.</param>
    public DeviceObject CreateDevice(string? deviceName, DeviceFlags flags = DeviceFlags.None, bool exclusive = false) => _test.Run(async _ =>
    {
        var path = deviceName is null ? null : @"\Device\" + deviceName;
        var (status, device) = await _test.Kernel.Io.CreateDevice(Object, 16, path, DeviceType.Unknown, DeviceCharacteristics.None, exclusive);
        Assert.Equal(NtStatus.Success, status);
        device!.Value.SetFlags(Memory, (device.Value.Flags | flags) & ~DeviceFlags.DeviceInitializing);
        return device.Value;
    });

    /// <summary>A routine whose address lies in the driver's image; its work is written in C#.</summary>
    public VirtualAddress Code(Func<ulong[], GuestTask<ulong>> routine)
    {
        var address = _test.Kernel.Images.FindLoaded(FileName)!.Base + _nextCode;
        var stub = new byte[12]; // mov rax, routine; jmp rax
        (stub[0], stub[1], stub[10], stub[11]) = (0x48, 0xB8, 0xFF, 0xE0);
        BitConverter.TryWriteBytes(stub.AsSpan(2), _test.Routine(routine).Value);
        Memory.Write(address, stub);
        _nextCode += 16;
        return address;
    }

    /// <summary>The attempt of the service control manager.</summary>
    public NtStatus Stop()
    {
        var status = _test.Run(_ => _test.Kernel.Io.UnloadDriver(ServiceKey, Attempter.Scm));
        _test.RunUntilIdle();
        return status;
    }

    public async GuestTask<NtStatus> Complete(Irp irp, NtStatus status, ulong information = 0)
    {
        irp.IoStatus.SetStatus(Memory, status);
        irp.IoStatus.SetInformation(Memory, information);
        await _test.Call("IofCompleteRequest", irp.Address.Value, 0);
        return status;
    }

    /// <summary>Marks a request pending, as IoMarkIrpPending does, and keeps it.</summary>
    public NtStatus Pend(IoStackLocation location)
    {
        location.SetControl(Memory, location.Control | StackLocationControl.PendingReturned);
        return NtStatus.Pending;
    }

    public async GuestTask DeleteAllDevices()
    {
        while (Object.DeviceObject is { } device)
            await _test.Call("IoDeleteDevice", device.Address.Value);
    }

    private NtStatus TryLoad(Func<TestDriver, GuestTask<NtStatus>> entry)
    {
        var start = _test.Routine(async arguments =>
        {
            Object = new DriverObject(Memory, new VirtualAddress(arguments[0]));
            RegistryPath = new UnicodeString(Memory, new VirtualAddress(arguments[1]));
            if (!_isBare)
                SetRoutines();
            return (await entry(this)).Code;
        });
        _test.Kernel.Images.MakeAvailable(PeImage.Parse(TestImage.Build(start, isWdm: false, _isSigned, _isPacked), FileName), FileName);
        var key = _test.Kernel.Cm.CreateKey(ServiceKey);
        key.SetValue(RegistryValue.Expandable("ImagePath", @"\SystemRoot\System32\drivers\" + FileName));
        key.SetValue(RegistryValue.Dword("Type", 1));
        return _test.Run(async _ => (await _test.Kernel.Io.LoadDriver(ServiceKey)).Status);
    }

    private GuestTask<NtStatus> OnRequest(Irp irp)
    {
        var location = irp.CurrentStackLocation!.Value;
        Log.Add(location.MajorFunction.ToString());
        return Dispatch(irp, location);
    }
}

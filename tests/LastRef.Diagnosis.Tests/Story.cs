using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>A driver's state and history, made by hand: what a rule would be given.</summary>
internal sealed class Story
{
    public const string Image = "x.sys";
    public static readonly VirtualAddress Driver = new(0xFFFF_E000_0000_1000);
    public static readonly VirtualAddress Device = new(0xFFFF_E000_0000_2000);
    public static readonly VirtualAddress File = new(0xFFFF_E000_0000_3000);
    public static readonly VirtualAddress ImageBase = new(0xFFFF_F800_1000_0000);
    private readonly List<CapturedDevice> _devices = [];
    private readonly List<CapturedFile> _files = [];
    private readonly List<CapturedHandle> _handles = [];
    private readonly List<CapturedIrp> _irps = [];
    private readonly List<CapturedDeviceNode> _nodes = [];
    private CapturedDriver? _driver;
    private CapturedModule? _module = new(new VirtualAddress(0xFFFF_E000_0000_0100), Image, ImageBase, 0x8000, 1);

    public Story(bool isPnp = false, bool hasUnload = true)
    {
        var routine = ImageBase + 0x2000;
        _driver = new CapturedDriver(
            Driver, @"\Driver\x", true, DriverObjectFlags.Initialized, hasUnload ? routine : default, isPnp ? routine : default,
            _module.Entry, ImageBase, 0x8000, 3, 0, new Walk<VirtualAddress>([], WalkEnd.Complete));
        Context = new ScenarioContext { Name = "test", DriverImage = Image, DriverObject = Driver, IsPnp = isPnp };
    }

    public Trace Trace { get; } = new();

    public ScenarioContext Context { get; set; }

    public static CallSite Site(string module, uint rva) => new(ImageBase + (ulong)rva, module, new Rva(rva));

    public Story ImageGone()
    {
        _driver = null;
        _module = null;
        _devices.Clear();
        Trace.Add(new ImageRecord(false, Image, ImageBase, 0x8000));
        return this;
    }

    /// <summary>The image is mapped, but the driver wrote over the list of modules, so that nobody finds it there.</summary>
    public Story ImageUnlisted()
    {
        _module = null;
        Trace.Add(new ImageRecord(true, Image, ImageBase, 0x8000));
        return this;
    }

    public Story Made(VirtualAddress device, uint rva = 0x1100)
    {
        CallSite[] stack = [Site(Image, rva)];
        Trace.Add(new ObjectRecord(true, device, "Device") { Stack = stack });
        Trace.Add(new ReferenceRecord(device, "Device", ReferenceCounter.PointerCount, 0, 1, ReferenceCause.Creation, default) { Stack = stack });
        Trace.Add(new ReferenceRecord(Driver, "Driver", ReferenceCounter.PointerCount, 2, 3, ReferenceCause.DeviceOfDriver, device) { Stack = stack });
        return this;
    }

    public Story With(CapturedDevice device)
    {
        _devices.Add(device);
        _driver = _driver! with { Devices = new Walk<VirtualAddress>([.. _devices.Where(d => d.IsListed && d.Driver == Driver).Select(d => d.Address)], WalkEnd.Complete) };
        return this;
    }

    /// <summary>A device node that names the driver's service, although no device of the driver is on it.</summary>
    public Story WithNode()
    {
        _nodes.Add(new CapturedDeviceNode(new VirtualAddress(0xFFFF_E000_0000_6000), default, @"ROOT\X\0", "x", "DeviceNodeRemoved", 0));
        return this;
    }

    public Story WithMany(IEnumerable<CapturedDevice> devices)
    {
        _devices.AddRange(devices);
        _driver = _driver! with { Devices = new Walk<VirtualAddress>([.. _devices.Select(d => d.Address)], WalkEnd.Complete) };
        return this;
    }

    public Story WithOpen(long handles, ulong processId = 2380, string process = "app.exe")
    {
        _files.Add(new CapturedFile(File, Device, "", handles == 0 ? FileObjectFlags.CleanupComplete : 0, 1, handles));
        if (handles > 0)
            _handles.Add(new CapturedHandle(default, processId, process, new HandleValue(0x44), File, new VirtualAddress(0xFFFF_E000_0000_4000), 0, 1));
        return this;
    }

    public Story WithRequest()
    {
        _irps.Add(new CapturedIrp(new VirtualAddress(0xFFFF_E000_0000_5000), File, Device, IrpMajor.Read, 0, default, false, default));
        return this;
    }

    public Story Referenced(VirtualAddress body, string type, ReferenceCause cause, CallSite site, ReferenceCounter counter = ReferenceCounter.PointerCount, VirtualAddress holder = default)
    {
        Trace.Add(new ReferenceRecord(body, type, counter, 1, 2, cause, holder) { Stack = [site] });
        return this;
    }

    public Story Step(UnloadStep step, Attempter by = Attempter.Scm, NtStatus status = default)
    {
        Trace.Add(new UnloadRecord(step, Driver, @"\Driver\x", by, status) { Device = step == UnloadStep.Deferred ? Device : default });
        if (step == UnloadStep.Returned && _driver is not null)
            _driver = _driver with { HasName = false, Flags = _driver.Flags | DriverObjectFlags.UnloadInvoked };
        return this;
    }

    public DiagnosisInput Input(bool withTrace = true) => new(
        new Capture
        {
            NodesOfService = _nodes,
            Driver = _driver,
            DriverAddress = Driver,
            ImageName = Image,
            ImageBase = ImageBase,
            ImageBytes = 0x8000,
            Module = _module,
            Modules = _module is null ? [] : [_module],
            Devices = _devices,
            Files = _files,
            Handles = _handles,
            Irps = _irps,
        },
        withTrace ? Trace : null, Context);

    public ScenarioVerdict Judge(bool withTrace = true) => Diagnostician.Judge(Input(withTrace));

    public static CapturedDevice Listed(int ioCount = 0, DeviceObjectExtensionFlags pending = 0, VirtualAddress above = default, string? name = @"\Device\X0") =>
        new(Device, Driver, Image, name, true, ioCount, 2, 0, 0, pending, above, default, default);
}

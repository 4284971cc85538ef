using LastRef.Nt;

namespace LastRef;

/// <summary>One walk over a target's memory: collects objects, then counts who holds them.</summary>
internal sealed partial class CaptureWalk(Target target, CaptureRoots roots)
{
    private readonly List<string> _gaps = [];
    private readonly List<CapturedModule> _modules = [];
    private readonly Dictionary<VirtualAddress, CapturedDevice> _devices = [];
    private readonly Dictionary<VirtualAddress, CapturedFile> _files = [];
    private readonly List<CapturedHandle> _handles = [];
    private readonly List<CapturedIrp> _irps = [];
    private readonly List<CapturedWorkItem> _ioWorkItems = [];
    private readonly List<CapturedWorkItem> _exWorkItems = [];
    private readonly List<CapturedThread> _threads = [];
    private readonly List<CapturedTimer> _timers = [];
    private readonly List<CapturedTimer> _dpcs = [];
    private readonly List<CapturedHook> _hooks = [];
    private readonly List<RegistrationRoot> _registrations = [];
    private readonly List<CapturedDeviceNode> _nodes = [];
    private readonly List<CapturedLink> _links = [];
    private readonly List<Hold> _holds = [];
    private readonly List<Balance> _balances = [];
    private CapturedDriver? _driver;
    private CapturedModule? _module;

    public Capture Build()
    {
        WalkModules();
        WalkDriver();
        WalkDevices();
        WalkNodes();
        WalkFiles();
        WalkIrps();
        WalkProcesses();
        WalkExecution();
        WalkHooks();
        WalkRegistrations();
        WalkWaits();
        WalkLinks();
        CountHolders();
        return new Capture
        {
            Driver = _driver,
            DriverAddress = roots.DriverObject,
            ImageName = roots.ImageName,
            ImageBase = ImageBase,
            ImageBytes = ImageBytes,
            EarlierImages = roots.EarlierImages,
            Module = _module,
            IsInUnloadedHistory = IsInUnloadedHistory(),
            Modules = _modules,
            Devices = [.. _devices.Values],
            Files = [.. _files.Values],
            Handles = _handles,
            Irps = _irps,
            IoWorkItems = _ioWorkItems,
            ExWorkItems = _exWorkItems,
            Threads = _threads,
            Timers = _timers,
            Dpcs = _dpcs,
            Hooks = _hooks,
            ReturnAddresses = [.. roots.ReturnAddresses.Where(r => IsInImage(r.Address)).Take(roots.Limit)],
            Registrations = _registrations,
            Waits = _waits,
            DeviceNodes = _nodes,
            SymbolicLinks = _links,
            Pool = roots.PoolOfDriver,
            Holds = _holds,
            Balances = _balances,
            Gaps = _gaps,
        };
    }

    private VirtualAddress ImageBase => !roots.ImageBase.IsNull ? roots.ImageBase : _module?.Base ?? default;

    private uint ImageBytes => roots.ImageBytes != 0 ? roots.ImageBytes : _module?.ByteCount ?? 0;

    /// <summary>In the image, or where an earlier instance of it was.</summary>
    private bool IsInImage(VirtualAddress address) => !address.IsNull
        && (address - ImageBase < ImageBytes || roots.EarlierImages.Any(image => address - image.Base < image.ByteCount));

    /// <summary>Reads one structure; what cannot be read becomes a gap and the walk goes on beside it.</summary>
    private T? Try<T>(string what, VirtualAddress address, Func<T?> read) where T : class
    {
        try
        {
            return read();
        }
        catch (TargetReadException unreadable)
        {
            // Freed or paged-out memory is what a capture meets; the report says what it could not see.
            _gaps.Add($"{what} at {address}: {unreadable.Address} is unreadable ({unreadable.Failure})");
            return null;
        }
        catch (InputException unknown) when (roots.IsFromSurvey)
        {
            // Without symbols of exactly this kernel some fields are not known.
            _gaps.Add($"{what}: {unknown.Message}");
            return null;
        }
    }

    private void NoteEnd<T>(string what, Walk<T> walk)
    {
        if (!walk.IsComplete)
            _gaps.Add($"{what}: {walk.Reservation}");
    }
}

using System.Globalization;
using LastRef.Nt;

namespace LastRef;

/// <summary>From the name of a driver to its capture.</summary>
public sealed partial class MachineSurvey
{
    /// <summary>Finds the driver that a person means: by service, object or file name, or by the address of the driver object.</summary>
    /// <returns>Null when neither a driver object nor an image, loaded or unloaded, has that name.</returns>
    public SurveySubject? Find(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (TryAddress(name, out var address))
            return DriverAt(address) is { } given ? SubjectOf(given) : null;
        var isPath = name.StartsWith('\\');
        var driver = Drivers.FirstOrDefault(d => isPath ? Same(d.Name, name) : IsCalled(d, name));
        if (driver is not null)
            return SubjectOf(driver);
        var last = name[(name.LastIndexOf('\\') + 1)..];
        var module = Modules.FirstOrDefault(m => IsFile(m.Name, last));
        var unloaded = Unloaded.FirstOrDefault(u => IsFile(u.Name, last));
        if (module is null && unloaded is null)
            return null;

        // An image without a driver object in the namespace: one that is being torn down has lost its name.
        driver = module is null ? null : ByPool(module);
        return new SurveySubject(driver, module, unloaded);
    }

    private SurveySubject SubjectOf(SurveyedDriver driver)
    {
        var module = Modules.FirstOrDefault(m => m.Entry == driver.Section || m.Contains(driver.Start));
        var file = module?.Name ?? driver.ShortName + ".sys";
        return new SurveySubject(driver, module, Unloaded.FirstOrDefault(u => IsFile(u.Name, file)));
    }

    private SurveyedDriver? ByPool(CapturedModule module)
    {
        foreach (var body in Scan.Drivers.Order())
            AddDriver(body);
        return _drivers.Values.FirstOrDefault(d => d.Section == module.Entry || module.Contains(d.Start));
    }

    private static bool IsCalled(SurveyedDriver driver, string name) =>
        Same(driver.ShortName, name) || Same(driver.ServiceName, name) || (driver.ImageName is { } image && IsFile(image, name));

    private static bool IsFile(string file, string name) =>
        Same(file, name) || (Path.GetExtension(name).Length == 0 && Same(Path.GetFileNameWithoutExtension(file), name))
        // MmUnloadedDrivers of small dumps cuts names; elsewhere the whole is kept.
        || (file.Length > 0 && Path.GetExtension(file).Length == 0 && Same(file, Path.GetFileNameWithoutExtension(name)));

    private static bool Same(string? left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static bool TryAddress(string text, out VirtualAddress address)
    {
        var digits = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text;
        digits = digits.Replace("`", "", StringComparison.Ordinal);
        var isAddress = digits.Length == 16 && ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _);
        address = isAddress ? new VirtualAddress(ulong.Parse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)) : default;
        return isAddress && address.IsKernel;
    }

    /// <summary>The capture of one driver: the same graph of holders that the lab makes.</summary>
    public Capture CaptureOf(SurveySubject subject)
    {
        ArgumentNullException.ThrowIfNull(subject);
        var (start, bytes) = RangeOf(subject);
        var stacks = StacksIn(start, bytes);
        var capture = Capture.Of(Target, RootsOf(subject, stacks, withScan: false));
        var isScanned = _options.AlwaysScan || NeedsScan(capture);
        if (isScanned)
        {
            // A healthy image that has left takes no longer than a driver that is loaded: then the scan has a bound.
            _isQuickScan = !_options.AlwaysScan && subject.Module is null && subject.Driver is null;
            capture = Capture.Of(Target, RootsOf(subject, stacks, withScan: true));
        }

        var unexplained = UnexplainedOf(capture);
        return capture with
        {
            NodesOfService = [.. Nodes.Where(node => IsServiceOf(node, subject)).Select(node =>
                new CapturedDeviceNode(node.Address, node.PhysicalDevice, node.InstancePath, node.ServiceName, node.State, node.Problem) { UserFlags = node.UserFlags })],
            RemoveLocks = RemoveLocksOf(subject, capture),
            BlockedCallbacks = BlockedCallbacksOf(capture),
            Keepers = isScanned ? KeepersOf(unexplained) : [],
            ReferenceChanges = ReferenceChangesOf(unexplained),
            Stacks = stacks,
            Importers = ImportersOf(capture),
            SecondDrivers = capture.Module is null ? SecondDriversOf(capture) : [],
            BrokenAttachments = BrokenAttachmentsOf(subject),
            Gaps = [.. Gaps, .. capture.Gaps.Except(Gaps)],
        };
    }

    private static bool IsServiceOf(SurveyedNode node, SurveySubject subject) => node.ServiceName.Length > 0
        && (subject.Driver is { } driver ? IsNodeOf(node, driver) : Same(node.ServiceName, Path.GetFileNameWithoutExtension(subject.ImageName)));

    /// <summary>
    /// A scan is worth its time when the lists leave references unexplained, when objects have lost their place in them, and when the image
    /// is gone: requests with a routine in it may be known to their drivers only.
    /// </summary>
    private static bool NeedsScan(Capture capture)
    {
        return capture.Driver is null || !capture.Driver.HasName || (capture.Driver.Flags & DriverObjectFlags.UnloadInvoked) != 0
            || capture.Balances.Any(balance => balance.Unexplained > 0 && IsSubjectOf(capture, balance));
    }

    /// <summary>Counters of the driver and its own devices; what others' devices are held by is not the question.</summary>
    private static bool IsSubjectOf(Capture capture, Balance balance) =>
        balance.Counter is ReferenceCounter.IoCount or ReferenceCounter.PointerCount
        && (balance.Object == capture.DriverAddress || capture.DeviceAt(balance.Object)?.Driver == capture.DriverAddress);

    /// <summary>Where the image is, or was when it was there last.</summary>
    private static (VirtualAddress Base, uint ByteCount) RangeOf(SurveySubject subject) => (
        subject.Module?.Base ?? subject.Unloaded?.Start ?? subject.Driver?.Start ?? default,
        subject.Module?.ByteCount ?? (subject.Unloaded is { } gone ? (uint)Math.Min(gone.End - gone.Start, uint.MaxValue) : subject.Driver?.ByteCount ?? 0));

    private CaptureRoots RootsOf(SurveySubject subject, IReadOnlyList<CapturedStack> stacks, bool withScan)
    {
        var driver = subject.Driver;
        var around = driver is null ? [] : StacksOf(driver);
        var devices = around.Select(device => device.Address).ToHashSet();
        if (withScan)
        {
            foreach (var body in Scan.Devices)
            {
                if (driver is not null && DeviceAt(body) is { } device && device.Driver == driver.Address)
                    devices.Add(body);
            }
        }

        var files = devices.SelectMany(device => FilesByDevice.GetValueOrDefault(device) ?? []).ToHashSet();
        if (withScan)
            files.UnionWith(Scan.Files.Where(file => TryPointer(new FileObject(Target, file).DeviceObjectAddress, out var opened) && devices.Contains(opened)));
        var irps = new HashSet<VirtualAddress>(ThreadIrps);
        irps.UnionWith(files.SelectMany(IrpsOf));
        irps.UnionWith(stacks.SelectMany(stack => stack.Requests));
        irps.UnionWith(around.Where(device => !device.CurrentIrp.IsNull && IsIrp(device.CurrentIrp)).Select(device => device.CurrentIrp));
        if (withScan)
            irps.UnionWith(Scan.Irps);
        var (start, bytes) = RangeOf(subject);
        return new CaptureRoots
        {
            DriverObject = driver?.Address ?? default,
            DriverObjectExists = driver is null ? false : null,
            DriverName = driver?.Name,
            ImageName = subject.ImageName,
            ImageBase = start,
            ImageBytes = bytes,
            EarlierImages = EarlierOf(subject, start),
            LoadedModuleList = LoadedModuleList,
            UnloadedDrivers = _machine.Find("MmUnloadedDrivers") is { } variable && TryPointer(variable, out var array) && array.IsKernel ? array : default,
            UnloadedDriverCount = Unloaded.Count,
            Processes = [.. Processes.Select(process => process.Address)],
            RootDeviceNode = RootNode,
            DeviceObjects = [.. devices.Order()],
            FileObjects = [.. files.Order()],
            DriverObjects = [.. Drivers.Select(d => d.Address)],
            Irps = [.. irps.Order()],
            StackIrps = [.. stacks.SelectMany(stack => stack.Requests).Distinct()],
            ReturnAddresses = [.. stacks.Where(stack => stack.IsUnwound).SelectMany(stack => stack.Frames.Select(frame => new ReturnAddressRoot(stack.Thread, frame)))],
            Waits = WaitsOf(stacks.Select(stack => stack.Thread)),
            IoWorkItems = [.. QueuedWork.IoItems.Union(withScan ? Scan.WorkItems.Where(item => IsAtWork(item, start, bytes, stacks)) : []).Order()],
            ExWorkItems = QueuedWork.Items,
            SymbolicLinks = SymbolicLinks,
            Timers = [],
            FoundTimers = Timers,
            FoundDpcs = Dpcs,
            Registrations = Registrations,
            IsFromSurvey = true,
            Limit = _options.ListLimit,
        };
    }

    private List<(VirtualAddress Base, uint ByteCount)> EarlierOf(SurveySubject subject, VirtualAddress start) =>
    [
        .. Unloaded.Where(gone => Same(gone.Name, subject.ImageName) && gone.Start != start
                && !Modules.Any(module => module.Base < gone.End && gone.Start - module.Base < module.ByteCount))
            .Select(gone => (gone.Start, (uint)Math.Min(gone.End - gone.Start, uint.MaxValue))).Distinct(),
    ];

    /// <summary>A work item that holds a reference: one that is queued, or whose routine a thread has on its stack.</summary>
    private bool IsAtWork(VirtualAddress address, VirtualAddress imageBase, uint imageBytes, IReadOnlyList<CapturedStack> stacks)
    {
        var item = new IoWorkItem(Target, address);
        if (TryPointer(item.WorkItem.List.FlinkAddress, out var link) && !link.IsNull)
            return true;
        return TryPointer(item.RoutineAddress, out var routine) && routine - imageBase < imageBytes
            && stacks.Any(stack => stack.ProcessId == SystemProcessId);
    }

    private const ulong SystemProcessId = 4;

    /// <summary>Loaded images that import a module: by the loader's own list of imports, else by the import directory in memory.</summary>
    private List<CapturedModule> ImportersOf(Capture capture)
    {
        // The driver object holds one load of its image (U-2.30); what is more than that, importers hold.
        if (capture.Module is not { } imported || imported.LoadCount <= (capture.Driver is null ? 0 : 1))
            return [];
        var walk = new ImportWalk(Target);
        return [.. Modules.Where(module => module.Entry != imported.Entry && walk.Imports(module, imported))];
    }

    /// <summary>Driver objects other than the subject's with a routine in the image: what IoCreateDriver made and nobody deleted.</summary>
    private List<CapturedLink> SecondDriversOf(Capture capture)
    {
        var found = new List<CapturedLink>();
        foreach (var driver in Drivers.Where(d => d.Address != capture.DriverAddress))
        {
            var view = new DriverObject(Target, driver.Address);
            var isInside = capture.IsInImage(driver.DriverUnload) || capture.IsInImage(driver.AddDevice)
                || (TryPointer(view.DriverInitAddress, out var entry) && capture.IsInImage(entry));
            if (isInside)
                found.Add(new CapturedLink(driver.Address, driver.Name ?? "driver object", "routines in the image"));
        }

        return found;
    }
}

namespace LastRef;

/// <summary>The objects of a machine around one driver, and who holds what: read from memory alone.</summary>
/// <remarks>
/// Everything here is copied out of the target once; nothing refers to it any more. What could not be read or was
/// cut short is in <see cref="Gaps"/>: an empty list elsewhere means "none" only while no gap speaks of it.
/// </remarks>
public sealed partial record Capture
{
    /// <summary>The driver object; null when it was freed.</summary>
    public CapturedDriver? Driver { get; init; }

    /// <summary>Where the driver object is or was.</summary>
    public VirtualAddress DriverAddress { get; init; }

    /// <summary>File name of the driver's image.</summary>
    public required string ImageName { get; init; }

    /// <summary>Where the image is or was.</summary>
    public VirtualAddress ImageBase { get; init; }

    public uint ImageBytes { get; init; }

    /// <summary>Where earlier instances of the image were that have left, and nothing is loaded now; known of dumps only.</summary>
    public IReadOnlyList<(VirtualAddress Base, uint ByteCount)> EarlierImages { get; init; } = [];

    /// <summary>The image's loader entry; null when it is not in the list of loaded modules.</summary>
    public CapturedModule? Module { get; init; }

    /// <summary>True when the history of unloaded drivers has the image (U-1.47).</summary>
    public bool IsInUnloadedHistory { get; init; }

    public IReadOnlyList<CapturedModule> Modules { get; init; } = [];

    /// <summary>Devices of the driver, in its list or in none, and those above and below them.</summary>
    public IReadOnlyList<CapturedDevice> Devices { get; init; } = [];

    /// <summary>Opens of those devices.</summary>
    public IReadOnlyList<CapturedFile> Files { get; init; } = [];

    /// <summary>Handles to those opens, devices and the driver object.</summary>
    public IReadOnlyList<CapturedHandle> Handles { get; init; } = [];

    /// <summary>Requests through those opens or at those devices, and those with a completion routine in the image.</summary>
    public IReadOnlyList<CapturedIrp> Irps { get; init; } = [];

    /// <summary>Work items that reference the driver or its devices.</summary>
    public IReadOnlyList<CapturedWorkItem> IoWorkItems { get; init; } = [];

    /// <summary>Work items of ExQueueWorkItem whose routine lies in the image.</summary>
    public IReadOnlyList<CapturedWorkItem> ExWorkItems { get; init; } = [];

    /// <summary>Threads that started in the image.</summary>
    public IReadOnlyList<CapturedThread> Threads { get; init; } = [];

    /// <summary>Threads with code of the image on their stacks; known of dumps only.</summary>
    public IReadOnlyList<CapturedStack> Stacks { get; init; } = [];

    /// <summary>Other driver objects with routines in an image that is gone, as of IoCreateDriver; looked for in dumps only.</summary>
    public IReadOnlyList<CapturedLink> SecondDrivers { get; init; } = [];

    /// <summary>Loaded images that import the image; looked for in dumps only, and when the load count says that there are some.</summary>
    public IReadOnlyList<CapturedModule> Importers { get; init; } = [];

    /// <summary>Devices below the driver's that point to a device which is gone; looked for in dumps only.</summary>
    public IReadOnlyList<CapturedBrokenAttachment> BrokenAttachments { get; init; } = [];

    /// <summary>Armed timers whose DPC lies in the image.</summary>
    public IReadOnlyList<CapturedTimer> Timers { get; init; } = [];

    /// <summary>Queued DPCs whose routine lies in the image.</summary>
    public IReadOnlyList<CapturedTimer> Dpcs { get; init; } = [];

    /// <summary>Pointers into the image, or into where it was, in the dispatch tables of other drivers.</summary>
    public IReadOnlyList<CapturedHook> Hooks { get; init; } = [];

    /// <summary>Return addresses into the image, or into where it was, on the stacks of threads.</summary>
    public IReadOnlyList<ReturnAddressRoot> ReturnAddresses { get; init; } = [];

    /// <summary>Callbacks, notifications and the like that name the image, the driver or its devices.</summary>
    public IReadOnlyList<RegistrationRoot> Registrations { get; init; } = [];

    /// <summary>Every thread that waits for something, but workers without work.</summary>
    public IReadOnlyList<CapturedWait> Waits { get; init; } = [];

    /// <summary>Nodes of the PnP tree whose device is among <see cref="Devices"/>.</summary>
    public IReadOnlyList<CapturedDeviceNode> DeviceNodes { get; init; } = [];

    /// <summary>Symbolic links that name a device of the driver that is gone or still there: full name and target.</summary>
    public IReadOnlyList<CapturedLink> SymbolicLinks { get; init; } = [];

    /// <summary>Pool that the driver allocated and that still stands; null when pool keeps no owner.</summary>
    public IReadOnlyList<PoolRoot>? Pool { get; init; }

    /// <summary>Device nodes that name the driver's service, or a service of its image's name, whether or not a device of the driver is left.</summary>
    public IReadOnlyList<CapturedDeviceNode> NodesOfService { get; init; } = [];

    /// <summary>Remove locks in the driver's device extensions, by the driver's own symbols; empty without those.</summary>
    public IReadOnlyList<CapturedRemoveLock> RemoveLocks { get; init; } = [];

    /// <summary>Other drivers' callbacks in which the removal of a device of the driver stands still; found in dumps.</summary>
    public IReadOnlyList<CapturedBlockedCallback> BlockedCallbacks { get; init; } = [];

    /// <summary>Where drivers keep the addresses of objects whose references nothing explains; empty where nobody looked.</summary>
    public IReadOnlyList<CapturedKeeper> Keepers { get; init; } = [];

    /// <summary>Changes of the counts of such objects that the kernel recorded; empty unless its tracing of object references was on.</summary>
    public IReadOnlyList<CapturedReferenceChange> ReferenceChanges { get; init; } = [];

    /// <summary>The holder graph.</summary>
    public IReadOnlyList<Hold> Holds { get; init; } = [];

    /// <summary>The counters of the driver object, its devices and its image beside what the holders explain.</summary>
    public IReadOnlyList<Balance> Balances { get; init; } = [];

    /// <summary>What could not be seen, one line each.</summary>
    public IReadOnlyList<string> Gaps { get; init; } = [];

    /// <summary>Devices whose DriverObject is the driver, listed first.</summary>
    public IEnumerable<CapturedDevice> DevicesOfDriver => Devices.Where(device => device.Driver == DriverAddress);

    /// <summary>True when the address lies in the driver's image, or in the range where it was.</summary>
    public bool IsInImage(VirtualAddress address) => !address.IsNull && address - ImageBase < ImageBytes;

    /// <summary>True when an earlier instance of the image was there.</summary>
    public bool IsInEarlierImage(VirtualAddress address) => EarlierImages.Any(image => address - image.Base < image.ByteCount);

    public CapturedDevice? DeviceAt(VirtualAddress address) => Devices.FirstOrDefault(device => device.Address == address);

    public CapturedFile? FileAt(VirtualAddress address) => Files.FirstOrDefault(file => file.Address == address);

    /// <summary>The loaded image that an address lies in; null when none.</summary>
    public CapturedModule? ModuleOf(VirtualAddress address) => Modules.FirstOrDefault(module => module.Contains(address));

    public IEnumerable<Hold> HoldsOn(VirtualAddress held, ReferenceCounter counter) =>
        Holds.Where(hold => hold.Held == held && hold.Counter == counter);

    public Balance? BalanceOf(VirtualAddress held, ReferenceCounter counter) =>
        Balances.FirstOrDefault(balance => balance.Object == held && balance.Counter == counter);
}

namespace LastRef;

/// <summary>Where a capture starts to walk: what a dump finds through symbols, and the lab knows.</summary>
/// <remarks>A null address or an empty list means "not known"; the capture says then what it could not see.</remarks>
public sealed record CaptureRoots
{
    /// <summary>The driver object in question; may have been freed.</summary>
    public VirtualAddress DriverObject { get; init; }

    /// <summary>Whether <see cref="DriverObject"/> is known to be still an object; null leaves it to the capture to judge by the memory.</summary>
    public bool? DriverObjectExists { get; init; }

    /// <summary>The driver's full object name, such as <c>\Driver\X</c>; null when unknown.</summary>
    public string? DriverName { get; init; }

    /// <summary>File name of the image, such as <c>x.sys</c>.</summary>
    public required string ImageName { get; init; }

    /// <summary>Where the image is or was.</summary>
    public VirtualAddress ImageBase { get; init; }

    public uint ImageBytes { get; init; }

    /// <summary>Where earlier instances of the image were, as far as nothing else is loaded there now.</summary>
    public IReadOnlyList<(VirtualAddress Base, uint ByteCount)> EarlierImages { get; init; } = [];

    /// <summary>PsLoadedModuleList: head of the list of <c>KLDR_DATA_TABLE_ENTRY</c>.</summary>
    public VirtualAddress LoadedModuleList { get; init; }

    /// <summary>MmUnloadedDrivers: the array itself. Spec: U-1.47.</summary>
    public VirtualAddress UnloadedDrivers { get; init; }

    /// <summary>Entries of <see cref="UnloadedDrivers"/> in use.</summary>
    public int UnloadedDriverCount { get; init; }

    /// <summary>Bodies of all symbolic links (tag 'Symb').</summary>
    public IReadOnlyList<VirtualAddress> SymbolicLinks { get; init; } = [];

    /// <summary>PsActiveProcessHead: head of the list of <c>EPROCESS.ActiveProcessLinks</c>.</summary>
    public VirtualAddress ActiveProcessHead { get; init; }

    /// <summary>Processes to walk when there is no list head; added to those of the list.</summary>
    public IReadOnlyList<VirtualAddress> Processes { get; init; } = [];

    /// <summary>IopRootDeviceNode.</summary>
    public VirtualAddress RootDeviceNode { get; init; }

    /// <summary>Bodies of all device objects in pool (tag 'Devi'), listed or not.</summary>
    public IReadOnlyList<VirtualAddress> DeviceObjects { get; init; } = [];

    /// <summary>Bodies of all file objects in pool (tag 'File').</summary>
    public IReadOnlyList<VirtualAddress> FileObjects { get; init; } = [];

    /// <summary>Bodies of all driver objects.</summary>
    public IReadOnlyList<VirtualAddress> DriverObjects { get; init; } = [];

    /// <summary>All IRPs in pool (tag 'Irp ').</summary>
    public IReadOnlyList<VirtualAddress> Irps { get; init; } = [];

    /// <summary>Those of <see cref="Irps"/> that a stack with code of the image points to: taken whoever has them.</summary>
    public IReadOnlyList<VirtualAddress> StackIrps { get; init; } = [];

    /// <summary><c>IO_WORKITEM</c>s queued or running.</summary>
    public IReadOnlyList<VirtualAddress> IoWorkItems { get; init; } = [];

    /// <summary><c>WORK_QUEUE_ITEM</c>s of ExQueueWorkItem, queued or running.</summary>
    public IReadOnlyList<VirtualAddress> ExWorkItems { get; init; } = [];

    /// <summary>Armed <c>KTIMER</c>s.</summary>
    public IReadOnlyList<VirtualAddress> Timers { get; init; } = [];

    /// <summary>Queued <c>KDPC</c>s.</summary>
    public IReadOnlyList<VirtualAddress> Dpcs { get; init; } = [];

    /// <summary>Armed timers that were read already, with their DPCs decoded.</summary>
    public IReadOnlyList<CapturedTimer> FoundTimers { get; init; } = [];

    /// <summary>Queued DPCs that were read already.</summary>
    public IReadOnlyList<CapturedTimer> FoundDpcs { get; init; } = [];

    /// <summary>True when the roots come from kernel variables of a dump: threads are then those of the processes.</summary>
    public bool IsFromSurvey { get; init; }

    /// <summary><c>ETHREAD</c>s beside those of the processes; the ones that still live.</summary>
    public IReadOnlyList<VirtualAddress> Threads { get; init; } = [];

    /// <summary>Return addresses on the stacks of threads that are not running, as far as they can be walked.</summary>
    public IReadOnlyList<ReturnAddressRoot> ReturnAddresses { get; init; } = [];

    /// <summary>Threads that wait.</summary>
    public IReadOnlyList<WaitRoot> Waits { get; init; } = [];

    /// <summary>Entries of callback tables, notification lists, interrupt objects and the like.</summary>
    public IReadOnlyList<RegistrationRoot> Registrations { get; init; } = [];

    /// <summary>Pool blocks that still stand and were allocated by the image; null when pool keeps no owner.</summary>
    public IReadOnlyList<PoolRoot>? PoolOfDriver { get; init; }

    /// <summary>Most items visited in any one list.</summary>
    public int Limit { get; init; } = 20_000;
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>A device that the PnP manager knows: its devnode in target memory and what the lab keeps beside it.</summary>
internal sealed class PnpDevice(VirtualAddress node, DeviceObject pdo, DeviceIdentity identity, PnpDevice? parent)
{
    /// <summary>The DEVICE_NODE.</summary>
    public VirtualAddress Node { get; } = node;

    /// <summary>The physical device object, made by the bus driver.</summary>
    public DeviceObject Pdo { get; } = pdo;

    public DeviceIdentity Identity { get; internal set; } = identity;

    public PnpDevice? Parent { get; } = parent;

    public List<PnpDevice> Children { get; } = [];

    /// <summary>True after START succeeded and until a removal.</summary>
    public bool IsStarted { get; internal set; }

    /// <summary>True when AddDevice has built a stack that REMOVE has not taken down.</summary>
    public bool IsAdded { get; internal set; }

    /// <summary>The bus no longer reports it (U-5.30).</summary>
    public bool IsMissing { get; internal set; }

    /// <summary>SURPRISE_REMOVAL was sent, REMOVE waits for the last close (U-5.32).</summary>
    public bool IsSurpriseRemoved { get; internal set; }

    /// <summary>The device whose surprise removal took this one along, itself for a removal of its own; null before one.</summary>
    public PnpDevice? RemovedWith { get; internal set; }

    /// <summary>The node is gone from the tree.</summary>
    public bool IsDeleted { get; internal set; }

    /// <summary>Stopped for other resources, its devices still attached (U-5.42).</summary>
    public bool IsStopped { get; internal set; }

    /// <summary>A REMOVE is being handled by its stack.</summary>
    public bool IsBeingRemoved { get; internal set; }

    /// <summary>What the device last said of itself (PNP_DEVICE_STATE).</summary>
    public PnpDeviceState ReportedState { get; internal set; }

    /// <summary>Usage notifications that are in force: paging, hibernation and dump files on the device (U-5.18, R-26).</summary>
    public Dictionary<DeviceUsage, int> Usages { get; } = [];

    /// <summary>Devices that a bus filter had attached to the PDO before the stack was built, from the bottom up.</summary>
    public List<DeviceObject> BusFilters { get; } = [];

    /// <summary>Devices whose drivers have been in the stack, for the unload attempt after REMOVE (U-3.50).</summary>
    public List<DriverObject> StackDrivers { get; } = [];

    /// <summary>Raw and translated CM_RESOURCE_LIST for START; null pointers for a device without resources.</summary>
    public (VirtualAddress Raw, VirtualAddress Translated) Resources { get; internal set; }

    /// <summary>What the resource lists say.</summary>
    public IReadOnlyList<DeviceResource> AssignedResources { get; internal set; } = [];

    /// <summary>The raw list as IoGetDeviceProperty gives it; null for a device without resources.</summary>
    public byte[]? ResourceBytes { get; internal set; }

    /// <summary>What AddDevice or START failed with; success while nothing failed.</summary>
    public NtStatus Failure { get; internal set; } = NtStatus.Success;
}

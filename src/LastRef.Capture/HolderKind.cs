namespace LastRef;

/// <summary>What can hold an object, by the structure that is found in memory.</summary>
public enum HolderKind
{
    /// <summary>A handle in a process's table.</summary>
    Handle,

    /// <summary>A file object: one open of a device.</summary>
    FileObject,

    /// <summary>A request in flight.</summary>
    Irp,

    /// <summary>A device object of the driver.</summary>
    Device,

    /// <summary>A device attached above.</summary>
    AttachedDevice,

    /// <summary>The name in an object directory.</summary>
    Name,

    /// <summary>The reference of the I/O manager on an object that it made.</summary>
    KeepAlive,

    /// <summary>A work item of the I/O manager.</summary>
    WorkItem,

    /// <summary>A thread.</summary>
    Thread,

    /// <summary>A registration for notifications or callbacks.</summary>
    Registration,

    /// <summary>A node in the PnP manager's tree.</summary>
    DeviceNode,

    /// <summary>An image that imports another.</summary>
    Importer,

    /// <summary>The driver object, as holder of its image.</summary>
    DriverObject,

    /// <summary>A timer or a DPC.</summary>
    Timer,

    /// <summary>A pool block.</summary>
    Pool,

    /// <summary>A mounted volume.</summary>
    Volume,

    /// <summary>An acquisition of a remove lock.</summary>
    RemoveLock,

    /// <summary>A reference that no structure in memory explains.</summary>
    Unexplained,
}

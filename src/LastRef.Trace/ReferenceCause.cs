namespace LastRef;

/// <summary>Why a counter changed. Closed: a new cause is a new member, never text.</summary>
public enum ReferenceCause
{
    /// <summary>The keep-alive reference of an object that the I/O manager created (spec 0.2).</summary>
    KeepAlive,

    /// <summary>The name in an object directory (U-1.32).</summary>
    Name,

    /// <summary>An open handle (U-1.31).</summary>
    OpenHandle,

    /// <summary>An open of a device, counted until the file object dies (U-3.72).</summary>
    FileOpen,

    /// <summary>A file object's reference taken for a request in flight (U-3.74).</summary>
    PendingIrp,

    /// <summary>A device object's reference on its driver object (U-1.63).</summary>
    DeviceOfDriver,

    /// <summary>An explicit ObReferenceObject or one of its forms (U-6.14).</summary>
    ExplicitReference,

    /// <summary>ObReferenceObjectByHandle (U-6.16).</summary>
    ReferenceByHandle,

    /// <summary>ObReferenceObjectByName (U-6.15).</summary>
    ReferenceByName,

    /// <summary>IoGetDeviceObjectPointer (U-6.5).</summary>
    DeviceObjectPointer,

    /// <summary>IoGetAttachedDeviceReference (U-6.7).</summary>
    AttachedDeviceReference,

    /// <summary>IoGetLowerDeviceObject (U-6.8).</summary>
    LowerDeviceReference,

    /// <summary>IoGetDeviceAttachmentBaseRef (U-6.9).</summary>
    BaseDeviceReference,

    /// <summary>IoEnumerateDeviceObjectList (U-6.10).</summary>
    DeviceEnumeration,

    /// <summary>A registration for PnP notification (U-6.21, U-6.22).</summary>
    PnpNotification,

    /// <summary>IoRegisterFsRegistrationChange (U-6.24).</summary>
    FileSystemNotification,

    /// <summary>IoRegisterShutdownNotification (U-6.25).</summary>
    ShutdownNotification,

    /// <summary>IoRegisterFileSystem (U-6.19).</summary>
    FileSystemRegistration,

    /// <summary>A queued or running I/O work item (U-6.51).</summary>
    WorkItem,

    /// <summary>A thread made with IoCreateSystemThread (U-6.54).</summary>
    SystemThread,

    /// <summary>IoSetCompletionRoutineEx (U-6.60).</summary>
    CompletionRoutine,

    /// <summary>The link from a device node to its physical device object (U-1.65).</summary>
    DeviceNode,

    /// <summary>Device relations reported by a bus driver (U-5.70).</summary>
    DeviceRelations,

    /// <summary>A queued PnP operation on a device (U-6.68).</summary>
    PnpOperation,

    /// <summary>An attachment of one device above another (U-6.3).</summary>
    Attachment,

    /// <summary>A stream file object (U-6.18).</summary>
    StreamFile,

    /// <summary>A mounted volume: its file system holds the top of the storage stack and gives it back when it dismounts (U-1.44, U-6.18).</summary>
    VolumeMount,

    /// <summary>An import of another image (U-6.84).</summary>
    ImageImport,

    /// <summary>The image's own mapping for its driver object (U-2.30).</summary>
    ImageMapping,

    /// <summary>An entry for the system event log that is neither written nor freed yet: its device and its driver (IoAllocateErrorLogEntry).</summary>
    ErrorLogEntry,

    /// <summary>A reference for the duration of one kernel routine.</summary>
    Transient,

    /// <summary>Creation of the object itself.</summary>
    Creation,

    /// <summary>A registration with WMI, ETW, power, process or object callbacks.</summary>
    Registration,
}

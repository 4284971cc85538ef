namespace LastRef;

/// <summary>What can leave a pointer into an image behind (spec section 6).</summary>
public enum RegistrationKind
{
    PnpNotification,
    FileSystemNotification,
    ShutdownNotification,
    FileSystem,
    Reinitialization,
    Wmi,
    Etw,
    ProcessNotify,
    ThreadNotify,
    ImageNotify,
    RegistryCallback,
    ObjectCallback,
    ExCallback,
    PowerSetting,
    BugCheckCallback,
    NmiCallback,
    ProcessorChange,
    LogonSession,
    DeviceInterface,
    SymbolicLink,
    WorkItem,
    ExWorkItem,
    SystemThread,
    IoSystemThread,
    Timer,
    ExTimer,
    IoTimer,
    Dpc,
    Interrupt,
    CompletionRoutine,
    Apc,
    Lookaside,
    Resource,
    RemoveLock,
    Rundown,
    Section,
    Mdl,
    IoMapping,
    RegistryKey,

    /// <summary>A pointer in another driver's dispatch tables; found in memory, never registered.</summary>
    DispatchPointer,

    /// <summary>A return address on a thread's stack; found in memory, never registered.</summary>
    ReturnAddress,
    Other,

    /// <summary>A DMA adapter that PutDmaAdapter has not taken back.</summary>
    DmaAdapter,

    /// <summary>Memory that a driver shares with its device.</summary>
    CommonBuffer,

    /// <summary>A file or a device of another driver that a driver has open through a handle.</summary>
    FileHandle,
}

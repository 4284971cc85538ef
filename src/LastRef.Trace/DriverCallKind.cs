namespace LastRef;

/// <summary>Which entry point of a driver the kernel called.</summary>
public enum DriverCallKind
{
    DriverEntry,
    DriverUnload,
    AddDevice,
    Dispatch,
    StartIo,
    Cancel,
    Completion,
    Dpc,
    Interrupt,
    WorkItem,
    Thread,
    Timer,
    Notification,
    Reinitialize,
    DllInitialize,
    DllUnload,
    FastIo,
    Other,
}

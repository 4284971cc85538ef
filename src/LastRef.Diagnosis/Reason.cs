namespace LastRef;

/// <summary>A reason why a driver does not leave, or leaves too early; the value is the number in the catalogue.</summary>
/// <remarks>Spec: .</remarks>
public enum Reason
{
    /// <summary>Not in the catalogue: a crash, a hang or a device that fits none of its entries.</summary>
    Unlisted = 0,

    NoUnloadRoutine = 1,
    StopSentToPnpDriver = 2,
    ControlDeviceNotDeleted = 3,
    StackDeviceNotDeleted = 4,
    NotDetachedInRemove = 5,
    DeviceLeftByFailedAddDevice = 6,
    DeviceLeftByFailedDriverEntry = 7,
    OpenHandle = 8,
    OpenHandleVetoesRemoval = 9,
    OpenHandleAfterSurpriseRemoval = 10,
    FileObjectKeptByDriver = 11,
    DeviceReferenceKept = 12,
    PnpNotificationNotUnregistered = 13,
    FilterAboveDoesNotDetach = 16,
    AttachedToItself = 17,
    OpenedItself = 18,
    RequestsQueuedForEver = 19,
    KernelHandleLeaked = 20,
    HandleInForeignProcess = 21,
    WorkItemOrThreadRunning = 30,
    RegistrationOnDeviceNotDeleted = 31,
    ReferenceLeakOfOwn = 32,
    OverDereference = 33,
    DriverObjectKept = 34,
    CreatedByIoCreateDriver = 36,
    ImportedByAnotherImage = 37,
    TimerOrDpcActive = 41,
    ThreadOrWorkItemLeftBehind = 42,
    CallbackNotRemoved = 43,
    InterruptOrCompletionOutstanding = 44,
    DeletedTwice = 45,
    ResourceLeft = 46,
    DeletePendingControlDevice = 50,
}

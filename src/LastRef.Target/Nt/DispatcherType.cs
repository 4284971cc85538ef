namespace LastRef.Nt;

/// <summary>The type byte of a dispatcher object (KOBJECTS).</summary>
/// <remarks>Fact: KOBJECTS in the public symbols; only the values that all builds share (the one of a threaded DPC is not).</remarks>
public enum DispatcherType : byte
{
    EventNotification = 0,
    EventSynchronization = 1,
    Mutant = 2,
    Process = 3,
    Queue = 4,
    Semaphore = 5,
    Thread = 6,
    Gate = 7,
    TimerNotification = 8,
    TimerSynchronization = 9,
    Apc = 18,
    Dpc = 19,
    DeviceQueue = 20,
    Interrupt = 22,
    Profile = 23,
}

namespace LastRef.Lab;

/// <summary>States of a service that a driver's service can have (Doc: SERVICE_STATUS, values of winsvc.h).</summary>
internal enum ServiceState
{
    Stopped = 1,
    StopPending = 3,
    Running = 4,
}

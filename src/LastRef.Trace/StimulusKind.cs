namespace LastRef;

/// <summary>What the lab did to the machine from outside, as a step of a scenario.</summary>
public enum StimulusKind
{
    LoadDriver,
    StopService,
    UnloadDriver,
    ArriveDevice,
    AddDevice,
    StartDevice,
    OpenDevice,
    CloseHandle,
    DeviceControl,
    ReadFile,
    WriteFile,
    QueryRemove,
    CancelRemove,
    RemoveDevice,
    SurpriseRemoval,
    AttachFilter,
    DetachFilter,
    ProcessExit,
    Interrupt,
    Wait,
    Conclude,
    Note,
}

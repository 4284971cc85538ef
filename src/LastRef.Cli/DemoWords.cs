using LastRef.Nt;

namespace LastRef.Cli;

/// <summary>What a demonstration says of the steps of a run.</summary>
internal static class DemoWords
{
    private const byte IrpMjPnp = 0x1B;

    /// <summary>Lines on a record; null for one that speaks for itself.</summary>
    public static IReadOnlyList<string>? Explain(TraceRecord record, string driver) => record switch
    {
        StimulusRecord { Kind: StimulusKind.LoadDriver, Status.IsSuccess: true } =>
            ["The image is mapped, a driver object is made, and DriverEntry is called."],
        StimulusRecord { Kind: StimulusKind.AddDevice, Status.IsSuccess: true } =>
            ["The PnP manager loaded the drivers of the stack and called AddDevice of each, from the bottom up."],
        StimulusRecord { Kind: StimulusKind.OpenDevice, Status.IsSuccess: true } =>
            ["An open file counts in DEVICE_OBJECT.ReferenceCount of the device that it was opened on."],
        StimulusRecord { Kind: StimulusKind.Conclude } =>
            ["Here LastRef ends every scenario the same way: every client lets go, and the stop or removal is asked for once more."],
        VetoRecord { VetoType: 5 } =>
            ["The devices of the stack were asked, and then the PnP manager found a handle open: the removal is off, everybody is told to go on."],
        IrpRecord { Step: IrpStep.Sent, Major: IrpMjPnp, Minor: 0x02 } =>
            ["Phase P, the removal: each driver passes it down, detaches and deletes its device."],
        IrpRecord { Step: IrpStep.Sent, Major: IrpMjPnp, Minor: 0x17 } =>
            ["The device is not there any more. Drivers fail what they have and refuse new requests; the devices stay until REMOVE."],
        UnloadRecord { Step: UnloadStep.Refused } =>
            ["Phase A, the attempt, refused: the driver object has AddDevice set, and only the PnP manager may make the attempt then."],
        UnloadRecord { Step: UnloadStep.Deferred } =>
            [
                "Phase A, the attempt, accepted and put off: every device of the driver is marked unload-pending,",
                "and what holds is a count above zero or a device attached above. DriverUnload has not been called.",
            ],
        UnloadRecord { Step: UnloadStep.Invoked, By: Attempter.Io } =>
            ["What held is gone: the I/O manager takes up the attempt that was put off. Nobody had to ask again."],
        UnloadRecord { Step: UnloadStep.Invoked, By: Attempter.Pnp } =>
            ["Phase A, the attempt, made by the PnP manager: the driver has no device left."],
        UnloadRecord { Step: UnloadStep.Invoked } =>
            ["Phase A, the attempt: somebody asked, nothing is open and nothing is attached above, so DriverUnload is called."],
        UnloadRecord { Step: UnloadStep.Returned } =>
            [
                "That ends the attempt, not the driver's life. The system drops its own reference on the driver object;",
                "phase B, the image: it leaves when nothing else references the driver object. Each device object does.",
            ],
        UnloadRecord { Step: UnloadStep.ObjectFreed } =>
            ["The driver object is freed, and with it the image."],
        DriverCallRecord { Kind: DriverCallKind.AddDevice, Result: not null } call when IsDriver(call, driver) =>
            ["The driver made a device and attached it to the stack. A device holds its driver object until its memory is freed."],
        _ => null,
    };

    public static string Outcome(Verdict verdict) => verdict switch
    {
        Verdict.Unloaded => "the driver leaves memory",
        Verdict.NotAttempted => "nobody ever makes the attempt: the driver stays in memory",
        Verdict.Deferred => "the attempt waits: the driver stays in memory",
        Verdict.Resident => "DriverUnload returned and the image stays",
        Verdict.Hung => "something waits for ever",
        Verdict.LeftTooEarly => "the image is gone while something still points into it",
        Verdict.Crashed => "the machine stopped",
        _ => "the run says nothing",
    };

    private static bool IsDriver(DriverCallRecord call, string driver) =>
        string.Equals(call.Target.Module, driver, StringComparison.OrdinalIgnoreCase);
}

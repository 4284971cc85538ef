namespace LastRef.Tests;

/// <summary>Results of checks as the lab would give them, small and fixed.</summary>
internal static class Samples
{
    public const string Driver = "stuck.sys";
    private static readonly VirtualAddress _device = new(0xFFFF_E000_0000_1050);
    private static readonly VirtualAddress _driver = new(0xFFFF_E000_0000_2050);

    public static readonly CallSite Creation = new(new VirtualAddress(0xFFFF_F800_1000_12A4), Driver, new Rva(0x12A4));

    /// <summary>A hybrid that keeps its control device.</summary>
    public static CheckResult StuckHybrid()
    {
        var trace = new Trace();
        trace.Add(new StimulusRecord(StimulusKind.ArriveDevice, @"ROOT\STUCK\0000") { Status = NtStatus.Success });
        trace.Add(new DriverCallRecord(DriverCallKind.DriverEntry, _driver, default, new CallSite(default, Driver, new Rva(0x1000)), 0));
        var made = trace.Add(new ObjectRecord(true, _device, "Device") { Stack = [Creation] });
        trace.Add(new StimulusRecord(StimulusKind.RemoveDevice, @"ROOT\STUCK\0000") { Status = NtStatus.Success });
        trace.Add(new IrpRecord(IrpStep.Sent, new VirtualAddress(0xFFFF_E000_0000_9000), 0x1B, 2, _device, _driver, default, NtStatus.NotSupported));
        trace.Add(new UnloadRecord(UnloadStep.Refused, _driver, @"\Driver\stuck", Attempter.Scm, NtStatus.InvalidDeviceRequest));
        trace.Add(new StimulusRecord(StimulusKind.StopService, "stuck") { Status = NtStatus.InvalidDeviceRequest, Seen = "sc stop: error 1052" });
        trace.Add(new SeenRecord(SeenWhere.ServiceControl, 1052, "ERROR_INVALID_SERVICE_CONTROL", "the control is not valid for this service"));
        var finding = new Finding(
            Reason.ControlDeviceNotDeleted, Certainty.Proven, new Blame(Party.Driver, Driver), "L-6",
            [new Holder(HolderKind.Device, @"\Device\StuckControl", _device, ReferenceCounter.PointerCount, Creation)],
            [
                Evidence.Memory(_driver, "DRIVER_OBJECT.DeviceObject", _device.Value, "the driver's device list has 1, not none"),
                Evidence.Seen(made, $"made at {Creation}"),
            ], [], Creation)
        {
            Summary = @"The control device \Device\StuckControl of stuck.sys is still there after the last PnP device was removed.",
            Missing = @"IoDeleteDevice was never called for \Device\StuckControl",
        };
        var stuck = new ScenarioVerdict(
            "add-start-remove", Verdict.NotAttempted, new Attempt(AttemptState.Refused, Attempter.Scm, NtStatus.InvalidDeviceRequest),
            ImageState.Loaded, [finding], []);
        return Result(new ScenarioResult(stuck, Empty, trace, 12345, "lr1.add-start-remove"), Unloaded("failed-start"));
    }

    /// <summary>A driver that leaves, with a note on a client of the lab.</summary>
    public static CheckResult Clean()
    {
        var note = new Finding(
            Reason.OpenHandle, Certainty.Proven, new Blame(Party.Client, "app.exe"), "L-9", [], [], [], null)
        {
            Summary = "app.exe had the device open.", Counts = false, IsOver = true,
        };
        var noted = new ScenarioVerdict(
            "open-handle-at-stop", Verdict.Unloaded, new Attempt(AttemptState.Returned, Attempter.Io, NtStatus.Success), ImageState.Gone, [note], []);
        return Result(Unloaded("start-stop"), new ScenarioResult(noted, Empty, new Trace(), 50, "lr1.open-handle-at-stop"));
    }

    /// <summary>A driver that needs what is not modelled, with a name full of what a terminal would act on.</summary>
    public static CheckResult Inconclusive()
    {
        var trace = new Trace();
        trace.Add(new UnsupportedRecord(UnsupportedKind.Export, "ntoskrnl.exe!Ke\u001b[31mEvil[bold]") { Stack = [Creation] });
        var verdict = new ScenarioVerdict(
            "start-stop", Verdict.Inconclusive, new Attempt(AttemptState.None, Attempter.None, null), ImageState.Loaded, [],
            ["A kernel routine is not modelled: ntoskrnl.exe!Ke\u001b[31mEvil[bold]"]);
        return Result(new ScenarioResult(verdict, Empty, trace, 7, "lr1.start-stop"));
    }

    private static Capture Empty => new() { ImageName = Driver };

    private static ScenarioResult Unloaded(string name) => new(
        new ScenarioVerdict(name, Verdict.Unloaded, new Attempt(AttemptState.Returned, Attempter.Pnp, NtStatus.Success), ImageState.Gone, [], []),
        Empty, new Trace(), 100, $"lr1.{name}");

    private static CheckResult Result(params ScenarioResult[] scenarios) => new(
        new DriverFacts(Driver, new string('a', 64), "x64", DriverKind.Hybrid, DriverTraits.HasUnload | DriverTraits.HasAddDevice),
        new Exercised(true, true, true, false, ["IRP_MJ_PNP/IRP_MN_START_DEVICE", "IRP_MJ_CREATE"], 4000, 1000), scenarios);
}

using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>Services: what the service control manager does and what a person sees of it.</summary>
internal sealed partial class LabMachine
{
    /// <summary>Starts a service, as <c>sc start</c> does.</summary>
    public NtStatus? StartService(LabService service) =>
        Step(StimulusKind.LoadDriver, service.Name, async _ => (await Kernel.Io.LoadDriver(service.KeyPath)).Status);

    /// <summary>Stops a service, as <c>sc stop</c> does; success means that the attempt was accepted (U-3.24).</summary>
    public NtStatus? StopService(LabService service)
    {
        var status = Step(StimulusKind.StopService, service.Name, _ => Kernel.Io.UnloadDriver(service.KeyPath, Attempter.Scm));
        if (Kernel.Trace.Of<StimulusRecord>().LastOrDefault() is { Kind: StimulusKind.StopService } record && status is { } known)
            record.Seen = SeenOnStop(known, service);
        return status;
    }

    /// <summary>The driver object of a service while it is in the namespace.</summary>
    public DriverObject? DriverOf(LabService service) => Kernel.Io.FindDriver(service.KeyPath);

    /// <summary>What a person reads after <c>sc stop</c> (U-3.30 to U-3.34).</summary>
    private string SeenOnStop(NtStatus status, LabService service)
    {
        if (status == NtStatus.InvalidDeviceRequest)
            return "sc stop fails with error 1052: the requested control is not valid for this service";
        if (!status.IsSuccess)
            return $"sc stop fails ({status})";
        return DriverOf(service) is null ? "sc stop succeeds; the service is STOPPED" : "sc stop succeeds; the service stays STOP_PENDING";
    }
}

using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>A filter of the lab's own above the driver's device.</summary>
internal sealed partial class ScenarioRun
{
    /// <summary>Attaches a well-behaved filter to the top of the driver's first stack or device.</summary>
    public void AttachFilter()
    {
        if (Machine.DriverOf(Service) is not { } driver)
            return;
        var target = IsSubjectPnp
            ? _devices.FirstOrDefault(d => d.IsAdded)?.Pdo
            : LabMachine.Look(() => Machine.Kernel.Io.DevicesOf(driver).Select(d => (DeviceObject?)d).FirstOrDefault(), null);
        if (target is not { } device)
            return;
        AddClient("labfilter.sys", Party.Neighbour, isOfLab: true, "attaches above the driver's device");
        Machine.Step(StimulusKind.AttachFilter, "labfilter.sys", async _ =>
        {
            var filter = new LabFilter(Machine.Kernel);
            await filter.Initialize();
            var (status, attached) = await filter.Attach(device);
            _filter = attached;
            return status;
        });
    }

    /// <summary>Takes the filter away, as its driver would when it is told to.</summary>
    public void DetachFilter()
    {
        if (_filter is not { } filter || !Machine.IsRunning)
            return;
        _filter = null;
        if (!LabFilter.IsAttached(Machine.Kernel, filter))
            return;
        Machine.Step(StimulusKind.DetachFilter, "labfilter.sys", async _ =>
        {
            await LabFilter.Remove(Machine.Kernel, filter);
            return NtStatus.Success;
        });
    }
}

using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>What a run sets up before and beside the driver: faults, the device's identity, neighbours.</summary>
internal sealed partial class ScenarioRun
{
    private LabFaults _faults;

    private void Prepare()
    {
        _faults = (Scenario.EntryFails ? LabFaults.NamesTaken : 0)
            | (Scenario.AddDeviceFails ? LabFaults.AttachFails : 0)
            | (Scenario.StartFails ? LabFaults.StartFails : 0);
        Machine.Kernel.Pnp.Bus.FailsStart = (_faults & LabFaults.StartFails) != 0;
        if ((_faults & LabFaults.AttachFails) != 0)
        {
            // The Safe form returns a status, the other the device that it attached to (Doc: IoAttachDeviceToDeviceStack).
            Machine.Kernel.FailingRoutines["IoAttachDeviceToDeviceStack"] = 0;
            Machine.Kernel.FailingRoutines["IoAttachDeviceToDeviceStackSafe"] = unchecked((uint)NtStatus.NoSuchDevice.Value);
        }

        if ((_faults & LabFaults.NamesTaken) == 0)
            return;
        Machine.Step(StimulusKind.Note, "the names that DriverEntry wants are taken", _ =>
        {
            foreach (var name in _subject.EntryNames)
                Machine.Kernel.Ob.CreateSymbolicLink(name, @"\Device\Null", out var _);
            return GuestTask.FromResult(NtStatus.Success);
        });
    }

    private void ReleaseFaults()
    {
        _faults = LabFaults.None;
        Machine.Kernel.Pnp.Bus.FailsStart = false;
        Machine.Kernel.FailingRoutines.Clear();
    }

    private void StartNeighbours()
    {
        foreach (var neighbour in _neighbours)
        {
            if (RoleOf(neighbour) == NeighbourRole.Service && Machine.DriverOf(neighbour) is null)
            {
                AddClient(neighbour.FileName, Party.Neighbour, isOfLab: false, "runs beside the driver and is stopped before the conclusion");
                Machine.StartService(neighbour);
            }
        }
    }
}

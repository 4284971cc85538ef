using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>Levers that act on every device of the run.</summary>
internal sealed partial class ScenarioRun
{
    /// <summary>Does something to each device that is in the tree.</summary>
    public void ForEachDevice(Func<PnpDevice, NtStatus?> action)
    {
        foreach (var device in _devices.Where(d => !d.IsDeleted).ToArray())
        {
            if (Machine.IsRunning)
                action(device);
        }

        NoteDriver();
    }

    /// <summary>Pulls each device out, if that has not been done, and plugs the same ones in again (U-5.37).</summary>
    public void ReplugDevices()
    {
        if (_subject.Profile.Parent is not null)
        {
            PullOutBuses();
            PlugInBus();
            return;
        }

        // One that was plugged in again before stands at the end of the list.
        foreach (var device in _devices.GroupBy(d => d.Identity.InstancePath).Select(g => g.Last()).ToArray())
        {
            if (Machine.IsRunning && Machine.Replug(device) is { } again)
                _devices.Add(again);
        }

        NoteDriver();
    }
}

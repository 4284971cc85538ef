using LastRef.Kernel;

namespace LastRef.Lab;

/// <summary>The interrupt lines of a profile, and when its hardware raises them.</summary>
/// <remarks>
/// A line that a register raises is taken between two instructions of the driver that wrote to it, as soon as IRQL allows. One that a clock
/// raises comes on a thread of the hardware's own, above all others: virtual time moves where threads wait.
/// </remarks>
internal sealed class InterruptLines
{
    private const int HardwarePriority = 31;

    private readonly LabMachine _machine;
    private readonly List<(uint Line, ProfileInterrupt Fire)> _fires = [];

    public InterruptLines(LabMachine machine, IReadOnlyList<ProfileResource> resources)
    {
        _machine = machine;
        foreach (var resource in resources)
            _fires.AddRange(resource.Fires.Select(fire => ((uint)resource.Start + fire.Message, fire)));
    }

    /// <summary>A register that raises the line was written.</summary>
    public void Raise(uint line) => _machine.RequestInterrupt(line);

    /// <summary>A device, or a driver without one, has started.</summary>
    public void Started()
    {
        foreach (var (line, _) in Of(ProfileInterruptTime.Started))
            _machine.FireInterrupt(line);
        foreach (var (line, fire) in Of(ProfileInterruptTime.Every))
            StartClock(line, fire);
    }

    /// <summary>The driver's image has left memory.</summary>
    public void Unloaded()
    {
        foreach (var (line, _) in Of(ProfileInterruptTime.Unloaded))
            _machine.FireInterrupt(line);
    }

    private (uint Line, ProfileInterrupt Fire)[] Of(ProfileInterruptTime when) => [.. _fires.Where(f => f.Fire.When == when)];

    private void StartClock(uint line, ProfileInterrupt fire) =>
        _machine.Kernel.Ps.CreateSystemThread($"hardware: clock of line {line}", HardwarePriority, async _ =>
        {
            for (var i = 0; i < fire.Times; i++)
            {
                await _machine.Kernel.Ke.Delay(-10_000L * fire.Milliseconds);
                await _machine.InterruptNow(line);
            }
        });
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Interrupts that hardware has asked for and that the processor has not taken yet.</summary>
/// <remarks>Doc: "Managing Hardware Priorities", WDK: taken in whatever thread runs, between two instructions, as soon as IRQL is below the interrupt's.</remarks>
internal sealed partial class KernelCore
{
    private readonly List<(Irql Level, Func<GuestTask> Serve)> _interrupts = [];

    /// <summary>The hardware asks for an interrupt.</summary>
    /// <param name="serve">Calls the service routines; runs on the thread that has the processor then.</param>
    public void RequestInterrupt(Irql level, Func<GuestTask> serve)
    {
        _interrupts.Add((level, serve));
        _kernel.Processor.RequestStop();
    }

    /// <summary>Whether an interrupt would be taken at this level.</summary>
    public bool HasInterruptAt(Irql irql) => _interrupts.Count > 0 && !InterruptsDisabled && _interrupts.Exists(i => i.Level > irql);

    /// <summary>Takes the highest interrupt that is above the current level; among equals the first that came.</summary>
    /// <returns>True when one was begun.</returns>
    public bool TakeInterrupt()
    {
        if (!HasInterruptAt(CurrentIrql))
            return false;
        var highest = _interrupts.MaxBy(i => i.Level);
        _interrupts.Remove(highest);
        _kernel.Scheduler.Detach(highest.Serve());
        return true;
    }
}

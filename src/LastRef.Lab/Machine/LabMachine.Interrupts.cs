using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>Interrupts of the lab's hardware.</summary>
internal sealed partial class LabMachine
{
    /// <summary>The hardware interrupts once: every connected routine is asked, first connected first, until one says that it was its device.</summary>
    /// <returns>STATUS_NOT_FOUND when nobody claimed it.</returns>
    public NtStatus? FireInterrupt() =>
        Step(StimulusKind.Interrupt, "the device's line", async _ =>
        {
            foreach (var interrupt in Kernel.Io.Interrupts.ToArray())
            {
                if (await Kernel.Io.RaiseInterrupt(interrupt))
                    return NtStatus.Success;
            }

            return NtStatus.NotFound;
        });
}

using LastRef.Nt;

namespace LastRef;

/// <summary>Connected interrupts.</summary>
/// <remarks>
/// Fact: _KPRCB.InterruptObject and _KINTERRUPT are in the public symbols. That the table is indexed by vector, and that interrupts which
/// share one are linked by InterruptListEntry, is inferred: an entry counts only when its Type and Vector say so.
/// </remarks>
public sealed partial class MachineSurvey
{
    private const int MostSharing = 64;
    private const int Vectors = 256;

    private void ReadInterrupts(List<RegistrationRoot> found)
    {
        if (!Layout.TryGetField("_KPRCB", "InterruptObject", out var table))
        {
            Gap("the connected interrupts: their table is not known (symbols of this kernel would tell it)");
            return;
        }

        var seen = new HashSet<VirtualAddress>();
        foreach (var processor in Processors)
        {
            for (var vector = 0; vector < Vectors; vector++)
            {
                if (!TryPointer(processor + (table.Offset + (8 * vector)), out var first))
                    break;
                if (IsInterrupt(first, vector))
                    AddInterrupts(found, first, vector, seen);
            }
        }
    }

    private void AddInterrupts(List<RegistrationRoot> found, VirtualAddress first, int vector, HashSet<VirtualAddress> seen)
    {
        var at = first;
        for (var i = 0; i < MostSharing && IsInterrupt(at, vector); i++)
        {
            if (!seen.Add(at))
            {
                // The list leads back to its first; another that comes again makes it a circle beside it.
                if (at != first)
                    Gap($"the connected interrupts: those of vector 0x{vector:x} run in a circle at {at}");
                return;
            }

            var interrupt = new KInterrupt(Target, at);
            Add(found, RegistrationKind.Interrupt, at, () => (RoutineOf(interrupt), default));
            if (!TryPointer(interrupt.InterruptListEntryAddress, out var link) || link.IsNull)
                return;
            at = link - (interrupt.InterruptListEntryAddress - interrupt.Address);
        }
    }

    /// <summary>Of a message the service routine is the kernel's, which calls the driver's.</summary>
    private VirtualAddress RoutineOf(KInterrupt interrupt) =>
        interrupt.MessageServiceRoutine is { IsKernel: true } message && Modules.Count > 0 && Modules[0].Contains(interrupt.ServiceRoutine) ? message : interrupt.ServiceRoutine;

    private bool IsInterrupt(VirtualAddress address, int vector) => address.IsKernel && Looks(() =>
        new KInterrupt(Target, address) is var interrupt && interrupt.Type == (short)DispatcherType.Interrupt && interrupt.Vector == (uint)vector && interrupt.Connected);
}

using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>Interrupts of the lab's hardware.</summary>
internal sealed partial class LabMachine
{
    /// <summary>The hardware raises a line once, and waits until it has been served.</summary>
    /// <returns>STATUS_NOT_FOUND when nobody is connected to it or nobody claimed it.</returns>
    public NtStatus? FireInterrupt(uint line) => Step(StimulusKind.Interrupt, NameOfLine(line), _ => RaiseLine(line));

    /// <summary>The hardware raises a line while a driver's code runs: it is taken as soon as IRQL is below the line's, which its vector says.</summary>
    internal void RequestInterrupt(uint line)
    {
        var vector = PnpManager.VectorOf(line);
        var connected = Kernel.Io.Interrupts.Where(i => i.Vector == vector).Select(i => i.SynchronizeIrql);
        var level = connected.Append((Irql)(vector >> 4)).Min();
        Kernel.Ke.RequestInterrupt(level, () => InterruptNow(line));
    }

    /// <summary>The same on a thread of the hardware, while something else goes on.</summary>
    internal async GuestTask InterruptNow(uint line)
    {
        var record = Kernel.Record(new StimulusRecord(StimulusKind.Interrupt, NameOfLine(line)));
        record.Status = await RaiseLine(line);
    }

    /// <summary>Every routine that is connected to the line is asked, first connected first, until one says that it was its device.</summary>
    private async GuestTask<NtStatus> RaiseLine(uint line)
    {
        var vector = PnpManager.VectorOf(line);
        foreach (var interrupt in Kernel.Io.Interrupts.Where(i => i.Vector == vector).ToArray())
        {
            if (await Kernel.Io.RaiseInterrupt(interrupt))
                return NtStatus.Success;
        }

        return NtStatus.NotFound;
    }

    private static string NameOfLine(uint line) => $"line {line}";
}

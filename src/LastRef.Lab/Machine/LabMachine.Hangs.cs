using LastRef.Kernel;

namespace LastRef.Lab;

/// <summary>Steps that do not come back: an attempt or a removal that hangs (docs/architecture.md, verdicts).</summary>
internal sealed partial class LabMachine
{
    /// <summary>The thread that drives what does not return; null while nothing hangs.</summary>
    public VirtualAddress HungThread { get; private set; }

    /// <summary>An attempt or removal that goes on behind a step's back is waited for: it returns, or it hangs.</summary>
    private void AwaitUnfinished()
    {
        _unfinished.ReadOn(Kernel.Trace);
        if (!IsRunning || _unfinished.Thread is not { } thread)
            return;
        Finish(RunToEnd(StimulusKind.Conclude, () =>
        {
            _unfinished.ReadOn(Kernel.Trace);
            return _unfinished.Thread is null;
        }), thread);
    }

    private readonly UnfinishedCalls _unfinished = new();

    /// <summary>Runs until a step is done. When it cannot be, the clients let go first: what they hold is not the driver's fault.</summary>
    private RunOutcome RunToEnd(StimulusKind kind, Func<bool> isDone)
    {
        var outcome = RunOnce(kind, isDone);
        if (outcome is not (RunOutcome.Idle or RunOutcome.Recurs) || kind == StimulusKind.CloseHandle)
            return outcome;
        var open = _applications.SelectMany(a => a.Handles).Where(h => !h.IsClosed).ToList();
        if (open.Count == 0)
            return outcome;
        foreach (var handle in open)
        {
            handle.IsClosed = true;
            Kernel.Trace.Add(Kernel.Stamp(new StimulusRecord(StimulusKind.CloseHandle, handle.Path)));
            Kernel.StartOnSystemThread("client that lets go", thread =>
                Discard(InContext(thread, handle.Application, () => Kernel.Ob.CloseHandle(handle.Application.Process, handle.Value))), out var _);
        }

        return RunOnce(kind, isDone);
    }

    private RunOutcome RunOnce(StimulusKind kind, Func<bool> isDone)
    {
        var limit = Kernel.Ke.InterruptTime100ns + HangTime100ns;
        var outcome = Kernel.Scheduler.RunUntilHung(isDone, limit);
        if (outcome != RunOutcome.Recurs || MayHang(kind))
            return outcome;

        // DriverEntry or a start that runs in circles is no hung removal, unless it brought one about.
        _unfinished.ReadOn(Kernel.Trace);
        return _unfinished.Thread is null ? Kernel.Scheduler.Run(isDone, limit) : outcome;
    }

    /// <summary>Steps that are, or may bring about, an attempt or a removal.</summary>
    private static bool MayHang(StimulusKind kind) => kind is
        StimulusKind.StopService or StimulusKind.UnloadDriver or StimulusKind.RemoveDevice or StimulusKind.SurpriseRemoval
        or StimulusKind.QueryRemove or StimulusKind.CancelRemove or StimulusKind.CloseHandle or StimulusKind.DetachFilter or StimulusKind.Conclude;

    private static string NameOfThread(StimulusKind kind) => kind switch
    {
        StimulusKind.StopService or StimulusKind.UnloadDriver => "the thread that stops the service",
        StimulusKind.RemoveDevice => "the thread that removes the device",
        StimulusKind.SurpriseRemoval => "the thread that handles the surprise removal",
        StimulusKind.CloseHandle => "the thread that closes the handle",
        _ => "lab: " + kind,
    };

    private static async GuestTask Discard<T>(GuestTask<T> work) => await work;
}

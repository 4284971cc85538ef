using LastRef.Cpu;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Where the processor and the kernel's routines meet.</summary>
public sealed partial class NtKernel
{
    /// <summary>Returns from driver code into the kernel code that called it.</summary>
    internal VirtualAddress ReturnThunk => ImageLoader.ThunkAddress(Thunks.Return);

    /// <summary>Runs the current thread's driver code up to the next event that the kernel must handle.</summary>
    /// <returns>True when the code used up its slice without an event.</returns>
    internal bool RunGuest(KernelThread thread, long sliceInstructions)
    {
        var left = Options.MaximumInstructions - (long)Processor.InstructionCount;
        if (left <= 0)
        {
            StopWith(MachineStopException.Unsupported(UnsupportedKind.Limit, $"the budget of {Options.MaximumInstructions:N0} instructions is used up"));
            return false;
        }

        thread.ContextReplaced = false;
        var result = Processor.Run(Math.Min(sliceInstructions, left));
        try
        {
            switch (result.Exit)
            {
                case RunExit.BudgetExhausted or RunExit.HostStop:
                    if (_returning)
                    {
                        _returning = false;
                        thread.CompleteInnermostCall();
                        return false;
                    }

                    return result.Exit == RunExit.BudgetExhausted;
                case RunExit.Halted:
                    throw MachineStopException.Unsupported(UnsupportedKind.Instruction, "hlt in driver code");
                case RunExit.Unsupported:
                    throw MachineStopException.Unsupported(UnsupportedKind.Instruction, result.Instruction ?? "an instruction that could not be decoded");
                case RunExit.Exception:
                    if (Scheduler.Recurrence is { } detector && detector.HandleFault(result))
                        break;
                    Ke.OnProcessorException(thread, result);
                    break;
                default:
                    throw new InvariantException($"The processor returned {result.Exit}.");
            }
        }
        catch (MachineStopException stop)
        {
            StopWith(stop);
        }

        return false;
    }

    /// <summary>Set when a driver routine executed the return thunk.</summary>
    private bool _returning;

    /// <summary>A driver called a kernel routine: registers are as at its entry.</summary>
    internal ThunkAction OnThunk(int thunk)
    {
        if (thunk == Thunks.Return)
        {
            _returning = true;
            return ThunkAction.Stop;
        }

        var thread = CurrentThread;
        var caller = thread.InnermostFrame ?? throw new InvariantException("Driver code ran outside every call of the kernel.");
        try
        {
            var call = new KernelCall(this, thunk);
            RoutineRecord? record = null;
            caller.Waits = 0;
            Scheduler.Recurrence?.NoteRoutine(thunk - Thunks.FirstExport < ExportTable.Count ? thunk - Thunks.FirstExport : -1);
            if (thunk < Thunks.FirstExport)
                Internal.Invoke(thunk, ref call);
            else if (thunk - Thunks.FirstExport < ExportTable.Count)
            {
                var export = thunk - Thunks.FirstExport;
                if (Options is { RecordCalls: true, RecordNothing: false })
                    record = RecordCall(export, ref call);
                if (FailingRoutines.Count > 0 && FailingRoutines.TryGetValue(ExportNames.NameOf(export), out var failure))
                    call.Return(failure);
                else
                    ExportTable.Invoke(this, export, ref call);
            }
            else
                throw Images.MissingRoutine(thunk);

            if (Stop is not null)
                return ThunkAction.Stop;
            if (call.Pending is { } pending)
            {
                caller.PendingRoutine = record is null ? pending : WithRecord(pending, record);
                return ThunkAction.Stop;
            }

            if (thread.State != ThreadState.Running || thread.ContextReplaced)
                return ThunkAction.Stop;
            if (record is not null)
                record.Result = Processor.Registers.Rax;
            Audit(thunk);
            if (Ke.HasWorkAt(Ke.CurrentIrql))
                Processor.RequestStop();
            return ThunkAction.Return;
        }
        catch (MachineStopException stop)
        {
            StopWith(stop);
            return ThunkAction.Stop;
        }
        catch (TargetReadException fault)
        {
            return RaiseInCaller(thread, KernelCore.AccessViolation(fault.Address, AccessKind.Read));
        }
        catch (GuestRaisedException raised)
        {
            return RaiseInCaller(thread, raised);
        }
    }

    /// <summary>A kernel routine that could not finish at once has finished: its result goes to its caller.</summary>
    internal void FinishRoutine(KernelThread thread, GuestTask<ulong> routine)
    {
        try
        {
            var result = routine.GetResult();
            Processor.Registers.Rax = result;
            ReturnToCaller();
            Audit(thunk: null);
        }
        catch (MachineStopException stop)
        {
            StopWith(stop);
        }
        catch (TargetReadException fault)
        {
            RaiseInCaller(thread, KernelCore.AccessViolation(fault.Address, AccessKind.Read));
        }
        catch (GuestRaisedException raised)
        {
            RaiseInCaller(thread, raised);
        }
    }

    /// <summary>Checks the IRQL of a call against the routine's limit.</summary>
    /// <exception cref="MachineStopException">Bug check 0xA, as pageable code or data would end in on Windows (Doc: "Bug Check 0xA").</exception>
    internal void CheckIrql(int export, Irql maximum)
    {
        if (Ke.CurrentIrql > maximum)
        {
            throw MachineStopException.BugCheck(
                0xA, $"{ExportNames.NameOf(export)} was called at IRQL {(int)Ke.CurrentIrql}, allowed up to {(int)maximum}",
                0, (ulong)Ke.CurrentIrql, 0, Processor.Registers.Rip);
        }
    }

    /// <summary>A thread has its turn: kernel code may read memory anew (see <see cref="GuestTarget"/>).</summary>
    internal void BeginTurn() => _memory.BeginTurn();

    /// <summary>What the processor must know when another thread gets it.</summary>
    internal void OnThreadSwitch(KernelThread thread) => Ke.OnThreadSwitch(thread);

    private static async GuestTask<ulong> WithRecord(GuestTask<ulong> pending, RoutineRecord record)
    {
        var result = await pending;
        record.Result = result;
        return result;
    }

    /// <summary>In tests: after a routine every counter equals what accounts for it (docs/architecture.md, counts).</summary>
    private void Audit(int? thunk)
    {
        if (!Options.AuditReferences || Stop is not null)
            return;
        var problems = (_audit ??= new ReferenceAudit(this)).Problems();
        if (problems.Count > 0)
        {
            var routine = thunk is { } at && at >= Thunks.FirstExport && at - Thunks.FirstExport < ExportTable.Count
                ? ExportNames.NameOf(at - Thunks.FirstExport) : "a routine that waited";
            throw new InvariantException($"After {routine}: {string.Join("; ", problems)}.");
        }
    }

    private ReferenceAudit? _audit;

    /// <summary>Looks now, whatever the options say: a capture is taken.</summary>
    internal IReadOnlyList<string> AuditNow() => (_audit ??= new ReferenceAudit(this)).Problems();

    private ThunkAction RaiseInCaller(KernelThread thread, GuestRaisedException raised)
    {
        try
        {
            ReturnToCaller();
            Ke.RaiseInGuest(thread, raised);
        }
        catch (MachineStopException stop)
        {
            StopWith(stop);
        }

        return ThunkAction.Stop;
    }

    private void ReturnToCaller()
    {
        ref var registers = ref Processor.Registers;
        registers.Rip = Memory.ReadUInt64(new VirtualAddress(registers.Rsp));
        registers.Rsp += 8;
    }

    private RoutineRecord RecordCall(int export, ref KernelCall call)
    {
        var descriptor = ExportTable.Describe(export);
        var arguments = new KeyValuePair<string, ulong>[descriptor.Parameters.Length];
        for (var i = 0; i < arguments.Length; i++)
            arguments[i] = new(descriptor.Parameters[i].Name, call.Argument(i));
        return Record(new RoutineRecord(descriptor.Module, descriptor.Name, arguments));
    }
}

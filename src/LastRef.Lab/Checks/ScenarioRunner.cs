using System.Collections.Frozen;
using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>Runs one scenario to its conclusion and has it judged.</summary>
internal static class ScenarioRunner
{
    /// <param name="subject">Read only: other scenarios of the same driver may run at the same time.</param>
    public static ScenarioOutcome Run(Scenario scenario, Subject subject, CheckRequest request, ReplayToken token)
    {
        using var machine = new LabMachine(LabChecker.OptionsFor(request));
        var run = new ScenarioRun(machine, subject, scenario);
        scenario.Drive(run);
        run.Conclude();
        var outcome = Judge(machine, run, subject, token);
        request.Concluded?.Invoke(outcome.Result, machine.Kernel.Kd.Save);
        return outcome;
    }

    private static ScenarioOutcome Judge(LabMachine machine, ScenarioRun run, Subject subject, ReplayToken token)
    {
        var kernel = machine.Kernel;
        var entryPoint = subject.Image.AddressOfEntryPoint;
        var driver = FindDriver(kernel.Trace, run, machine, entryPoint);
        var hasStarted = Entries(kernel.Trace, machine, entryPoint).Any(call => call.Result is { } status && new NtStatus((int)(uint)status).IsSuccess);
        var exercised = new ExercisedBuilder(subject.Image);
        exercised.Add(kernel.Trace, driver, machine.Coverage, machine.DriverRange.Base);
        var traits = subject.Traits | TraitReader.Read(machine, run);
        var isPnp = run.IsPnp || ScenarioCatalogue.IsPnp(traits);
        var capture = Capture.Of(kernel.Memory, CaptureRootsBuilder.Build(machine, run, driver));
        if (machine.IsRunning)
            capture = capture with { Gaps = [.. capture.Gaps, .. kernel.AuditNow()] };
        var context = new ScenarioContext
        {
            Name = run.Scenario.Name,
            DriverImage = subject.FileName,
            DriverObject = driver,
            IsPnp = isPnp,
            Traits = traits,
            End = EndOf(machine),
            Hang = HangOf(machine),
            HungThread = machine.HungThread,
            EndTime100ns = kernel.Ke.InterruptTime100ns,
            EntryFails = run.Scenario.EntryFails,
            AddDeviceFails = run.Scenario.AddDeviceFails,
            StopMustWork = subject.Profile.ServiceStopMustWork,
            IsConcluded = machine.IsRunning,
            NotExercised = FindNotExercised(kernel.Trace, run, driver, hasStarted, isPnp),
            Clients = run.Clients,
        };
        var verdict = Diagnostician.Judge(new DiagnosisInput(capture, kernel.Trace, context));
        return new ScenarioOutcome(
            new ScenarioResult(verdict, capture, kernel.Trace, kernel.Processor.InstructionCount, token.ToString()), traits, exercised);
    }

    /// <summary>The driver object: the one last seen in the namespace; when that is gone or was never there, the one whose DriverEntry was called last.</summary>
    /// <remarks>A driver whose DriverEntry fails is out of the namespace at once, and what it left can keep its object (U-2.15).</remarks>
    private static VirtualAddress FindDriver(Trace trace, ScenarioRun run, LabMachine machine, Rva entryPoint)
    {
        var seen = run.DriverObject;
        if (!seen.IsNull && machine.Kernel.Ob.IsAlive(seen, ObjectKind.Driver))
            return seen;

        return Entries(trace, machine, entryPoint).LastOrDefault()?.Driver ?? seen;
    }

    /// <summary>The calls of DriverEntry; not those of the initialization of a driver object that the driver itself made (IoCreateDriver).</summary>
    private static IEnumerable<DriverCallRecord> Entries(Trace trace, LabMachine machine, Rva entryPoint) => trace.Of<DriverCallRecord>().Where(c =>
        c.Kind == DriverCallKind.DriverEntry && c.Target.Rva == entryPoint
        && string.Equals(c.Target.Module, machine.DriverFile, StringComparison.OrdinalIgnoreCase));

    private static RunEnd EndOf(LabMachine machine) => machine.Outcome switch
    {
        LabOutcome.Fine => RunEnd.Completed,
        LabOutcome.HungLikely or LabOutcome.HungProven or LabOutcome.HungRecurring => RunEnd.Hung,
        _ => machine.Kernel.Stop switch
        {
            MachineStop.BugCheck => RunEnd.Crashed,
            MachineStop.Unsupported { Kind: UnsupportedKind.Limit } => RunEnd.BudgetExhausted,
            MachineStop.Unsupported => RunEnd.Unsupported,
            MachineStop.Deadlock => RunEnd.Hung,
            _ => throw new InvariantException("The machine stopped without a reason."),
        },
    };

    private static HangKind HangOf(LabMachine machine) => machine.Outcome switch
    {
        LabOutcome.HungProven => HangKind.NoThreadCanRun,
        LabOutcome.HungRecurring => HangKind.StateRecurs,
        LabOutcome.HungLikely => HangKind.LongWait,
        _ => machine.Kernel.Stop is MachineStop.Deadlock ? HangKind.SpinLock : HangKind.None,
    };

    /// <summary>What the scenario is about but did not come to: not exercised is not clean (docs/architecture.md).</summary>
    private static NotExercised? FindNotExercised(Trace trace, ScenarioRun run, VirtualAddress driver, bool hasStarted, bool isPnp)
    {
        // A later start that fails does not undo that an earlier one worked: what it met is the scenario's to tell.
        if (!run.Scenario.EntryFails && !hasStarted && Failure(trace, DriverCallKind.DriverEntry, driver) is { } entry)
            return entry;
        if (!isPnp || run.Scenario.EntryFails || run.Scenario.AddDeviceFails || run.Scenario.StartFails)
            return null;

        // Below a real bus the bus's driver makes the devices: nobody but the PnP manager starts them.
        if (run.ChildStartFailure is { } childFailure)
            return Failure(trace, DriverCallKind.AddDevice, driver) ?? new NotExercised(DriverCallKind.Dispatch, childFailure, null, null);
        if (trace.Of<StimulusRecord>().Any(s => s is { Kind: StimulusKind.StartDevice, Status.IsSuccess: true }))
        {
            // AddDevice may succeed without a device (U-2.29): the stack then starts without the driver.
            return trace.Of<IrpRecord>().Any(i => i.Step == IrpStep.Sent && i.Driver == driver
                && i.Major == (byte)IrpMajor.Pnp && i.Minor == (byte)PnpMinor.StartDevice)
                ? null
                : new NotExercised(DriverCallKind.AddDevice, NtStatus.Success, null, null);
        }

        if (Failure(trace, DriverCallKind.AddDevice, driver) is { } add)
            return add;
        var start = trace.Of<StimulusRecord>().LastOrDefault(s => s.Kind == StimulusKind.StartDevice);
        return start?.Status is { } status ? new NotExercised(DriverCallKind.Dispatch, status, LastFailure(trace, start.Sequence), null) : null;
    }

    private static NotExercised? Failure(Trace trace, DriverCallKind kind, VirtualAddress driver)
    {
        var returned = trace.Of<DriverCallRecord>().Where(c => c.Kind == kind && c.Driver == driver && c.Result is not null).ToList();
        if (returned.Count == 0 || returned.Exists(c => new NtStatus((int)(uint)c.Result!.Value).IsSuccess))
            return null;
        var last = returned[^1];
        return new NotExercised(kind, new NtStatus((int)(uint)last.Result!.Value), LastFailure(trace, last.Sequence), FailingCall(trace, last.Sequence)?.Site);
    }

    private static string? LastFailure(Trace trace, int before) => FailingCall(trace, before)?.Routine;

    /// <summary>The last routine that returned an error status before a record; what other routines leave in rax is no status.</summary>
    private static RoutineRecord? FailingCall(Trace trace, int before) =>
        trace.Records.Take(Math.Max(before, 0)).OfType<RoutineRecord>().LastOrDefault(
            r => r.Result is { } value && value >> 30 == 3 && value <= uint.MaxValue && _statusRoutines.Contains(r.Routine));

    private static readonly FrozenSet<string> _statusRoutines =
        ExportTable.Exports.Where(e => e.ReturnType == nameof(NtStatus)).Select(e => e.Name).ToFrozenSet(StringComparer.Ordinal);
}

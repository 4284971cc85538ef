namespace LastRef;

/// <summary>What is left to say when a driver did not leave and no rule knows why: the symptom, and what is not explained.</summary>
internal static class UnlistedRule
{
    /// <summary>The finding for a bad verdict that nothing else accounts for; null when there is nothing to say.</summary>
    public static Finding? For(Situation situation, Verdict verdict, IReadOnlyList<Finding> notes) => verdict switch
    {
        Verdict.Unloaded or Verdict.Inconclusive => null,
        // Of a dump: loaded, and no attempt seen. Nobody has said that it should leave.
        Verdict.NotAttempted when situation.Trace is null && situation.Attempt.State == AttemptState.None => null,
        // An ill-behaved client of the lab that still holds on explains the state; it is no finding.
        _ when notes.Any(note => !note.IsOver) => null,
        Verdict.Crashed or Verdict.LeftTooEarly => Crash(situation),
        Verdict.Hung => Hang(situation),
        _ => Stays(situation),
    };

    private static Finding Crash(Situation situation)
    {
        var crash = situation.Records<BugCheckRecord>().LastOrDefault();
        var site = crash?.Site ?? RoutineOf(situation, crash);
        var blame = situation.BlameOf(site);
        if (blame.Party == Party.System)
            blame = situation.BlameDriver;
        var code = situation.Crash is { } known ? $"bug check 0x{known.Code:X}" : "a bug check";
        if (crash is not null && HasRules(crash.Code))
            code += $", rule 0x{crash.Parameter1:X}";
        return situation.Find(
            Reason.Unlisted, blame, $"The machine stopped with {code}{(crash is null ? "" : ": " + crash.Explanation)}.",
            [], crash is null ? [] : [Evidence.Seen(crash, $"{code} ({crash.Parameter1:X}, {crash.Parameter2:X}, {crash.Parameter3:X}, {crash.Parameter4:X})")],
            site, isComplete: site is not null)
            with { Title = "The driver stopped the machine", Phase = Phase.C, Fix = "Look at the call site: the driver broke a rule of the kernel there." };
    }

    /// <summary>Where the routine is that a rule of Driver Verifier names when it has returned already; null for every other rule.</summary>
    private static CallSite? RoutineOf(Situation situation, BugCheckRecord? crash) => crash is { Code: 0xC9, Parameter1: 0x226 }
        ? situation.Calls.LastOrDefault(c => c.Kind == DriverCallKind.Dispatch && c.Routine.Value == crash.Parameter2 && c.Irp.Value == crash.Parameter3)?.Target
        : null;

    /// <summary>Bug checks whose first parameter says which rule was broken (spec 8.3).</summary>
    private static bool HasRules(uint code) => code is 0xC4 or 0xC7 or 0xC9 or 0xCA;

    private static Finding Hang(Situation situation)
    {
        var call = OpenCalls(situation).LastOrDefault();
        var last = call is null ? null : situation.Records<RoutineRecord>().LastOrDefault(r => r.Thread == call.Thread && r.Result is null);
        var what = call is null ? "A call into the driver" : $"{call.Kind} of {situation.BlameOf(call.Target).Image}";
        var waits = last is null ? "" : $" It waits in {last.Routine}.";
        var isProven = situation.Context.Hang is HangKind.NoThreadCanRun or HangKind.StateRecurs or HangKind.SpinLock;
        return situation.Find(
            Reason.Unlisted, call is null ? situation.BlameDriver : situation.BlameOf(call.Target), $"{what} never returns.{waits}",
            HoldersOf(situation), [.. EvidenceOf(situation), .. call is null ? [] : new[] { Evidence.Seen(call, "entered, and never left") }, .. last is null ? [] : new[] { Evidence.Seen(last, $"the last routine it called: {last.Routine}") }],
            last?.Site ?? call?.Target, isComplete: isProven)
            with { Title = "The driver never returns", Phase = Phase.A3, Fix = "Signal what the routine waits for before it waits, and never wait for something that needs the waiting thread." };
    }

    private static Finding Stays(Situation situation)
    {
        var unexplained = situation.Capture.Balances.Where(b => b.Unexplained > 0).Take(Limits.Devices).ToList();
        return situation.Find(
            Reason.Unlisted, new Blame(Party.System, ""),
            $"{situation.Context.DriverImage} is still in memory, and no rule explains why.",
            [.. unexplained.Select(b => new Holder(HolderKind.Unexplained, $"{b.Unexplained} unexplained reference(s) to {situation.NameOf(b.Object)}", b.Object, b.Counter, null))],
            [.. unexplained.Select(b => Evidence.Memory(b.Object, b.Counter.ToString(), (ulong)b.Value, $"{b.Value}, of which holders in memory explain {b.Explained}"))],
            null, isComplete: false)
            with
            {
                Certainty = Certainty.Unknown,
                Title = "The driver stays, for no reason that is known",
                Phase = situation.Image == ImageState.Pinned ? Phase.B : situation.Attempt.State == AttemptState.Deferred ? Phase.A2 : Phase.A0,
            };
    }

    /// <summary>Of a dump: the threads that have code of the driver on their stacks.</summary>
    private static IReadOnlyList<Holder> HoldersOf(Situation situation) =>
    [
        .. situation.Capture.Stacks.Take(Limits.Devices).Select(stack => new Holder(
            HolderKind.Thread, $"thread of {stack.ProcessName} (process {stack.ProcessId})", stack.Thread, null,
            new CallSite(stack.Frames[0], situation.Context.DriverImage, new Rva((uint)(stack.Frames[0] - situation.Capture.ImageBase))))),
    ];

    private static IEnumerable<Evidence> EvidenceOf(Situation situation)
    {
        foreach (var stack in situation.Capture.Stacks.Take(Limits.Devices))
        {
            yield return Evidence.Memory(stack.Thread, "KTHREAD.KernelStack", stack.Frames[0].Value, "the thread has a return address in the driver on its stack");
            if (!stack.WaitObject.IsNull)
                yield return Evidence.Memory(stack.Thread, "KTHREAD.WaitBlockList", stack.WaitObject.Value, "it waits for this object");
        }
    }

    /// <summary>Entries into drivers that never returned, outermost first, without the threads that are meant to run on.</summary>
    private static IEnumerable<DriverCallRecord> OpenCalls(Situation situation) => situation.Calls
        .Where(call => call.Result is null && call.Kind is not (DriverCallKind.Thread or DriverCallKind.WorkItem) && situation.ReturnOf(call) is null);
}

namespace LastRef;

/// <summary>Hangs: what does not return, and why that is known.</summary>
internal sealed partial class Situation
{
    /// <summary>True when it is proved, and not only long, that the wait will not end.</summary>
    public bool IsHangProven => Context.Hang is HangKind.NoThreadCanRun or HangKind.StateRecurs or HangKind.SpinLock;

    /// <summary>A wait of that kind on the way from the thread that does not come back; null when there is none.</summary>
    public CapturedWait? HungOn(WaitSubject subject)
    {
        if (WaitGraph.Of(this) is not { } graph)
            return null;
        var threads = graph.Threads().ToHashSet();
        return Capture.Waits.FirstOrDefault(w => w.Root.Subject == subject && threads.Contains(w.Root.Thread));
    }

    /// <summary>The innermost call into a driver that a thread has not come back from; null when it is in none.</summary>
    public DriverCallRecord? HungCall(VirtualAddress thread) => Calls
        .LastOrDefault(c => c.Thread == thread && c.Result is null && ReturnOf(c) is null);

    /// <summary>A call into a driver, for people: <c>IRP_MN_REMOVE_DEVICE in x.sys</c>.</summary>
    public string NameOf(DriverCallRecord call)
    {
        var image = BlameOf(call.Target).Image;
        if (call.Kind != DriverCallKind.Dispatch || Records<IrpRecord>().LastOrDefault(i => i.Irp == call.Irp && i.Step == IrpStep.Sent) is not { } irp)
            return $"{call.Kind} of {image}";
        return $"{RequestNames.Of((Nt.IrpMajor)irp.Major, irp.Minor)} in {image}";
    }

    /// <summary>Releases without an acquisition of a rundown reference that a thread waits for.</summary>
    public IReadOnlyList<RoutineRecord> ExtraReleases(WaitNode node) =>
        [.. node.Objects.Where(o => o.Kind == WaitedKind.Rundown).SelectMany(o => RundownLedger.Of(this, o.Address).Extra)];

    /// <summary>Where the innermost unwound frame of the driver on a thread's stack goes back to; null without a dump's stacks.</summary>
    public CallSite? StackSiteOf(VirtualAddress thread) =>
        Capture.Stacks.FirstOrDefault(stack => stack.Thread == thread && stack.IsUnwound) is { Frames: [var frame, ..] }
            ? new CallSite(frame, Context.DriverImage, new Rva((uint)(frame - Capture.ImageBase)))
            : null;

    /// <summary>What a thread of a dump has not come back from, for people: DriverUnload, a removal, a callback.</summary>
    public string InsideOf(VirtualAddress thread)
    {
        var stack = Capture.Stacks.FirstOrDefault(s => s.Thread == thread);
        if (stack is not null && Driver is { DriverUnload: { IsNull: false } unload } && stack.Functions.Contains(unload))
            return $"DriverUnload of {Context.DriverImage}";
        if (stack is not null && PostMortem.IsInCallback(Capture, stack))
            return $"The notification callback of {Context.DriverImage}";
        var irp = stack is null ? null : Capture.Irps.FirstOrDefault(i => stack.Requests.Contains(i.Address) && i.Major == Nt.IrpMajor.Pnp);
        return irp is null ? $"A call into {Context.DriverImage}" : $"{RequestNames.Of(irp.Major, irp.Minor)} in {Context.DriverImage}";
    }
}

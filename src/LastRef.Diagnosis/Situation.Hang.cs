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
}

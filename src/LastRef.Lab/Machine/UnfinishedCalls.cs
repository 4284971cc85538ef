using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>Attempts and removals that the trace shows to have begun and not ended.</summary>
/// <remarks>A removal has ended when its request is complete and every driver that it was given to has returned.</remarks>
internal sealed class UnfinishedCalls
{
    private readonly List<Entry> _open = [];
    private int _read;

    /// <summary>The thread that began the latest of them; null when none is open.</summary>
    public VirtualAddress? Thread => _open.Count > 0 ? _open[^1].Thread : null;

    /// <summary>Takes in what the trace has since the last time.</summary>
    public void ReadOn(Trace trace)
    {
        for (; _read < trace.Records.Count; _read++)
        {
            switch (trace.Records[_read])
            {
                case DriverCallRecord { Kind: DriverCallKind.DriverUnload, Result: null } entered:
                    _open.Add(new Entry(entered.Driver, entered.Thread) { Calls = 1 });
                    break;
                case DriverCallRecord { Kind: DriverCallKind.DriverUnload } returned:
                    Change(returned.Driver, calls: -1);
                    break;
                case DriverCallRecord { Kind: DriverCallKind.Dispatch } call:
                    Change(call.Irp, calls: call.Result is null ? 1 : -1);
                    break;
                case IrpRecord { Step: IrpStep.Sent, Major: (byte)IrpMajor.Pnp } sent when IsRemoval((PnpMinor)sent.Minor):
                    if (!_open.Exists(o => o.Key == sent.Irp))
                        _open.Add(new Entry(sent.Irp, sent.Thread) { IsPending = true });
                    break;
                case IrpRecord { Step: IrpStep.Completed } completed:
                    Change(completed.Irp, calls: 0);
                    break;
            }
        }
    }

    private void Change(VirtualAddress key, int calls)
    {
        if (_open.Find(o => o.Key == key) is not { } entry)
            return;
        entry.Calls += calls;
        entry.IsPending &= calls != 0;
        if (entry is { Calls: 0, IsPending: false })
            _open.Remove(entry);
    }

    private static bool IsRemoval(PnpMinor minor) => minor is
        PnpMinor.QueryRemoveDevice or PnpMinor.RemoveDevice or PnpMinor.CancelRemoveDevice or PnpMinor.SurpriseRemoval;

    /// <summary>An attempt, by its driver object, or a removal, by its request.</summary>
    private sealed class Entry(VirtualAddress key, VirtualAddress thread)
    {
        public VirtualAddress Key => key;

        public VirtualAddress Thread => thread;

        /// <summary>Calls into drivers that have not returned.</summary>
        public int Calls { get; set; }

        public bool IsPending { get; set; }
    }
}

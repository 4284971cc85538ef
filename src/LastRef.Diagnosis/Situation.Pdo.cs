namespace LastRef;

/// <summary>Physical device objects, by the reference that their device node has on them (U-1.65).</summary>
internal sealed partial class Situation
{
    /// <summary>True when the device was reported as a child: by its device node in the trace, in a dump by the mark that the PnP manager leaves on it.</summary>
    public bool WasPdo(VirtualAddress device) => Trace is null
        ? Capture.DeviceAt(device) is { } known && (known.Flags & Nt.DeviceFlags.BusEnumeratedDevice) != 0
        : NodeRecords(device).Any(r => r.New > r.Old);

    /// <summary>Where its device node let go of it; null when it has not.</summary>
    public ReferenceRecord? NodeReleaseOf(VirtualAddress device) => NodeRecords(device).LastOrDefault(r => r.New < r.Old);

    private IEnumerable<ReferenceRecord> NodeRecords(VirtualAddress device)
    {
        var since = CreationOf(device)?.Sequence ?? 0;
        return Records<ReferenceRecord>().Where(r =>
            r.Cause == ReferenceCause.DeviceNode && r.Object == device && r.Sequence > since && r.Counter == ReferenceCounter.PointerCount);
    }
}

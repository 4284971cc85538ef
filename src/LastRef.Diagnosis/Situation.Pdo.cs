namespace LastRef;

/// <summary>Physical device objects, by the reference that their device node has on them (U-1.65).</summary>
internal sealed partial class Situation
{
    /// <summary>True when the trace shows that the device got a device node: it was reported as a child.</summary>
    public bool WasPdo(VirtualAddress device) => NodeRecords(device).Any(r => r.New > r.Old);

    /// <summary>Where its device node let go of it; null when it has not.</summary>
    public ReferenceRecord? NodeReleaseOf(VirtualAddress device) => NodeRecords(device).LastOrDefault(r => r.New < r.Old);

    private IEnumerable<ReferenceRecord> NodeRecords(VirtualAddress device)
    {
        var since = CreationOf(device)?.Sequence ?? 0;
        return Records<ReferenceRecord>().Where(r =>
            r.Cause == ReferenceCause.DeviceNode && r.Object == device && r.Sequence > since && r.Counter == ReferenceCounter.PointerCount);
    }
}

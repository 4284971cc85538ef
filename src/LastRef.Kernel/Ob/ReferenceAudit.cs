using System.Globalization;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Compares every counter in memory with what accounts for it: the trace's takings and releases, and the structures that hold.</summary>
/// <remarks>
/// A counter that was changed beside the gate, a record without its change and a holder without its record all show here. Only objects that
/// the trace has spoken of since the last look are looked at, so that a look after every routine stays cheap.
/// </remarks>
internal sealed class ReferenceAudit(NtKernel kernel)
{
    private readonly Dictionary<(VirtualAddress Object, ReferenceCounter Counter), long> _sums = [];
    private readonly Dictionary<VirtualAddress, Dictionary<VirtualAddress, long>> _opens = [];
    private readonly Dictionary<VirtualAddress, HashSet<VirtualAddress>> _devicesOf = [];
    private readonly SortedSet<VirtualAddress> _touched = [];
    private readonly Dictionary<VirtualAddress, long> _handles = [];
    private int _read;

    private MutableTarget Memory => kernel.Memory;

    /// <summary>What does not agree, one line each, among the objects touched since the last call.</summary>
    public IReadOnlyList<string> Problems()
    {
        Read();
        var problems = new List<string>();
        _handles.Clear();
        if (_touched.Count > 0)
        {
            foreach (var handle in kernel.Ps.Processes.SelectMany(kernel.Ob.HandlesOf))
                _handles[handle.Body] = _handles.GetValueOrDefault(handle.Body) + 1;
        }

        foreach (var body in _touched)
        {
            if (KindOf(body) is { } kind)
                Check(body, kind, problems);
        }

        _touched.Clear();
        return problems;
    }

    private ObjectKind? KindOf(VirtualAddress body) => kernel.Ob.KindOfLive(body);

    private void Read()
    {
        var records = kernel.Trace.Records;
        for (; _read < records.Count; _read++)
        {
            switch (records[_read])
            {
                case ObjectRecord { Created: true } made:
                    Forget(made.Object);
                    break;
                case ReferenceRecord change when change.Counter != ReferenceCounter.LoadCount:
                    Apply(change);
                    break;
            }
        }
    }

    private void Apply(ReferenceRecord change)
    {
        var key = (change.Object, change.Counter);
        _sums[key] = _sums.GetValueOrDefault(key) + change.New - change.Old;
        _touched.Add(change.Object);
        if (change is { Counter: ReferenceCounter.IoCount, Cause: ReferenceCause.FileOpen or ReferenceCause.StreamFile })
        {
            var opens = _opens.TryGetValue(change.Object, out var known) ? known : _opens[change.Object] = [];
            opens[change.Holder] = opens.GetValueOrDefault(change.Holder) + change.New - change.Old;
        }
        else if (change is { Counter: ReferenceCounter.PointerCount, Cause: ReferenceCause.DeviceOfDriver })
        {
            var devices = _devicesOf.TryGetValue(change.Object, out var known) ? known : _devicesOf[change.Object] = [];
            if (change.New > change.Old)
                devices.Add(change.Holder);
            else
                devices.Remove(change.Holder);
        }
    }

    private void Forget(VirtualAddress body)
    {
        foreach (var counter in Enum.GetValues<ReferenceCounter>())
            _sums.Remove((body, counter));
        _opens.Remove(body);
        _devicesOf.Remove(body);
    }

    private void Check(VirtualAddress body, ObjectKind kind, List<string> problems)
    {
        var header = kernel.Ob.HeaderOf(body);
        Compare(problems, kind, body, "PointerCount", header.PointerCount, Sum(body, ReferenceCounter.PointerCount), "the records");
        Compare(problems, kind, body, "HandleCount", header.HandleCount, Sum(body, ReferenceCounter.HandleCount), "the records");
        Compare(problems, kind, body, "HandleCount", header.HandleCount, _handles.GetValueOrDefault(body), "the entries in handle tables");
        if (kind == ObjectKind.Device)
            CheckDevice(new DeviceObject(Memory, body), problems);
        else if (kind == ObjectKind.Driver && _devicesOf.TryGetValue(body, out var devices))
            Compare(problems, kind, body, "devices", devices.Count, DevicesNaming(body), "the device objects that name it");
    }

    private void CheckDevice(DeviceObject device, List<string> problems)
    {
        Compare(problems, ObjectKind.Device, device.Address, "ReferenceCount", device.ReferenceCount, Sum(device.Address, ReferenceCounter.IoCount), "the records");
        var attached = device.AttachedDevice is { } above ? 1L : 0;
        Compare(problems, ObjectKind.Device, device.Address, "AttachedDevice", attached, Sum(device.Address, ReferenceCounter.Attachment), "the records");
        foreach (var (file, count) in _opens.GetValueOrDefault(device.Address) ?? [])
        {
            // A failed open forgets its device before it is uncounted (U-3.72), and a freed file is uncounted last (U-3.73).
            if (count > 0 && kernel.Ob.IsAlive(file, ObjectKind.File) && new FileObject(Memory, file).DeviceObject is { } opened && opened.Address != device.Address)
                problems.Add($"the file object {file} counts as an open of {device.Address} but names {opened.Address}");
        }
    }

    private long Sum(VirtualAddress body, ReferenceCounter counter) => _sums.GetValueOrDefault((body, counter));

    private long DevicesNaming(VirtualAddress driver) =>
        kernel.Ob.AllOf(ObjectKind.Device).LongCount(device => new DeviceObject(Memory, device).DriverObject is { } owner && owner.Address == driver);

    private static void Compare(List<string> problems, ObjectKind kind, VirtualAddress body, string counter, long inMemory, long explained, string by)
    {
        if (inMemory != explained)
            problems.Add(string.Create(CultureInfo.InvariantCulture, $"{counter} of the {kind} {body} is {inMemory}, but {by} account for {explained}"));
    }
}

using LastRef.Nt;

namespace LastRef;

/// <summary>Requests: in the lists of threads and file objects, at devices, and by pool scan.</summary>
public sealed partial class MachineSurvey
{
    private const short IrpType = 6;
    private IReadOnlyList<VirtualAddress>? _threadIrps;

    /// <summary>IRPs in the lists of all threads.</summary>
    public IReadOnlyList<VirtualAddress> ThreadIrps => _threadIrps ??= ReadThreadIrps();

    private List<VirtualAddress> ReadThreadIrps()
    {
        var irps = new List<VirtualAddress>();
        if (!Layout.TryGetField("_IRP", "ThreadListEntry", out var link))
        {
            Gap("the requests: the layout of IRP is not known");
            return irps;
        }

        foreach (var thread in Threads)
        {
            if (Try("the requests of a thread", thread.Address, () =>
                Walker.Links(new EThread(Target, thread.Address).IrpList, _options.ListLimit)) is not { } walk)
                continue;
            NoteEnd($"the requests of thread {thread.Id}", walk);
            irps.AddRange(walk.Items.Select(item => item - link.Offset).Where(IsIrp));
        }

        return irps;
    }

    /// <summary>IRPs in the list of a file object, for handles bound to a completion port.</summary>
    private IEnumerable<VirtualAddress> IrpsOf(VirtualAddress file)
    {
        if (!Layout.TryGetField("_IRP", "ThreadListEntry", out var link)
            || Try("the requests of a file object", file, () => Walker.Links(new FileObject(Target, file).IrpList, _options.ListLimit)) is not { } walk)
            return [];
        // A file object without such a list has both links null, which no list head has.
        if (walk.End == WalkEnd.Unreadable && walk.At.Value < 0x1000)
            return [];
        NoteEnd($"the requests of the file object at {file}", walk);
        return walk.Items.Select(item => item - link.Offset).Where(IsIrp);
    }

    /// <summary>The best test of a request: its current location is where its numbers say (dump-format, section 12).</summary>
    private bool IsIrp(VirtualAddress address)
    {
        try
        {
            var irp = new Irp(Target, address);
            if (irp.Type != IrpType)
                return false;
            int count = irp.StackCount, current = irp.CurrentLocation;
            var size = Irp.SizeOf(Layout);
            var location = IoStackLocation.SizeOf(Layout);
            if (count is < 1 or > 100 || current < 1 || current > count + 1 || irp.Size < size + (count * location))
                return false;
            return irp.CurrentStackLocation?.Address == address + size + ((current - 1) * location);
        }
        catch (Exception notOne) when (notOne is TargetReadException or InputException)
        {
            // What cannot be read is no request that could be shown.
            return false;
        }
    }
}

using System.Buffers.Binary;
using System.Numerics;
using LastRef.Nt;

namespace LastRef;

/// <summary>Armed timers and queued DPCs of all processors.</summary>
public sealed partial class MachineSurvey
{
    private const int MostProcessors = 2048;
    private IReadOnlyList<CapturedTimer>? _timers;
    private IReadOnlyList<CapturedTimer>? _dpcs;
    private List<VirtualAddress>? _processors;

    /// <summary>Armed timers with the DPC that will run; those without one are left out.</summary>
    public IReadOnlyList<CapturedTimer> Timers => _timers ??= ReadTimers();

    /// <summary>Queued DPCs.</summary>
    public IReadOnlyList<CapturedTimer> Dpcs => _dpcs ??= ReadDpcs();

    /// <summary>Threads that had a processor when the machine stopped.</summary>
    public IReadOnlySet<VirtualAddress> RunningThreads => _runningThreads ??= ReadRunningThreads();

    private HashSet<VirtualAddress>? _runningThreads;

    private HashSet<VirtualAddress> ReadRunningThreads()
    {
        var threads = new HashSet<VirtualAddress>();
        if (!Layout.TryGetField("_KPRCB", "CurrentThread", out var field))
            return threads;
        foreach (var processor in Processors)
        {
            if (TryPointer(processor + field.Offset, out var thread))
                threads.Add(thread);
        }

        return threads;
    }

    private List<VirtualAddress> Processors => _processors ??= ReadProcessors();

    private List<VirtualAddress> ReadProcessors()
    {
        var processors = new List<VirtualAddress>();
        if (Variable("KiProcessorBlock", "timers and DPCs") is not { } block)
            return processors;
        for (var i = 0; i < MostProcessors && TryPointer(block + (8 * i), out var processor) && processor.IsKernel && !processors.Contains(processor); i++)
            processors.Add(processor);
        return processors;
    }

    private List<CapturedTimer> ReadTimers()
    {
        var timers = new List<CapturedTimer>();
        if (!Layout.TryGetField("_KPRCB", "TimerTable", out var table) || !Layout.TryGetField("_KTIMER_TABLE", "TimerEntries", out var entries)
            || !Layout.TryGetField("_KTIMER", "TimerListEntry", out var link) || !Layout.TryGetField("_KTIMER_TABLE_ENTRY", "Entry", out var list)
            || Layout.Structure("_KTIMER_TABLE_ENTRY") is not { Size: > 0 } entry)
        {
            Gap("the timers: the layout of the timer table is not known (symbols of this kernel would tell it)");
            return timers;
        }

        var (never, always) = (SecretOf("KiWaitNever"), SecretOf("KiWaitAlways"));
        if (never is null || always is null)
            Gap("the timers: their DPCs are encoded, and KiWaitNever and KiWaitAlways are not known (symbols of this kernel would tell them)");
        foreach (var processor in Processors)
        {
            for (var i = 0; i < Math.Clamp(entries.Count, 1, 4096); i++)
            {
                var head = processor + table.Offset + entries.Offset + (i * entry.Size) + list.Offset;
                foreach (var at in LinksAt(head, "the timer table"))
                {
                    var address = at - link.Offset;
                    if (Try("the timer", address, () => ReadTimer(new KTimer(Target, address), never, always)) is { } timer)
                        timers.Add(timer);
                    if (timers.Count < _options.ListLimit)
                        continue;
                    Gap($"the timers: stopped after {timers.Count}");
                    return timers;
                }
            }
        }

        return timers;
    }

    private CapturedTimer? ReadTimer(KTimer timer, ulong? never, ulong? always)
    {
        if (timer.Header.Type is not (DispatcherType.TimerNotification or DispatcherType.TimerSynchronization))
            return null;
        var stored = timer.Dpc;
        var dpc = never is { } n && always is { } a ? DecodeDpc(timer.Address, stored, n, a) : stored;
        // A plain null stands for no DPC.
        if (stored.IsNull || !dpc.IsKernel)
            return null;
        return TryPointer(new KDpc(Target, dpc).DeferredRoutineAddress, out var routine) ? new CapturedTimer(timer.Address, dpc, routine) : null;
    }

    /// <summary>The DPC of a set timer; it is encoded with two secrets of the kernel and the timer's address (dump-format, section 15).</summary>
    internal static VirtualAddress DecodeDpc(VirtualAddress timer, VirtualAddress stored, ulong never, ulong always)
    {
        var value = BitOperations.RotateLeft(stored.Value ^ never, (int)(never & 0x3F)) ^ timer.Value;
        return new VirtualAddress(BinaryPrimitives.ReverseEndianness(value) ^ always);
    }

    private List<CapturedTimer> ReadDpcs()
    {
        var dpcs = new List<CapturedTimer>();
        if (!Layout.TryGetField("_KPRCB", "DpcData", out var queues) || Layout.Structure("_KDPC_DATA") is not { Size: > 0 } queue
            || !Layout.TryGetField("_KDPC", "DpcListEntry", out var link))
        {
            Gap("the DPCs: the layout of the queues is not known (symbols of this kernel would tell it)");
            return dpcs;
        }

        foreach (var processor in Processors)
        {
            for (var i = 0; i < Math.Clamp(queues.Count, 1, 2); i++)
            {
                // Doubly linked on Windows 7, singly later; the forward link comes first in both, and a head or null ends it.
                var head = processor + queues.Offset + (i * queue.Size);
                var seen = new HashSet<VirtualAddress>();
                for (var at = head; TryPointer(at, out var next) && next.IsKernel && next != head;)
                {
                    if (!seen.Add(next) || dpcs.Count >= _options.ListLimit)
                    {
                        Gap($"the DPC queue at {head}: {(dpcs.Count >= _options.ListLimit ? "stopped after" : "runs in a circle after")} {dpcs.Count}");
                        break;
                    }

                    var dpc = next - link.Offset;
                    if (TryPointer(new KDpc(Target, dpc).DeferredRoutineAddress, out var routine))
                        dpcs.Add(new CapturedTimer(dpc, dpc, routine));
                    at = next;
                }
            }
        }

        return dpcs;
    }

    private ulong? SecretOf(string variable) =>
        _machine.Find(variable) is { } address && TryPointer(address, out var value) ? value.Value : null;
}

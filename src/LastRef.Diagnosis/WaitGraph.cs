using LastRef.Nt;

namespace LastRef;

/// <summary>Who waits for whom: from the thread that does not come back to what could let it go.</summary>
internal sealed partial class WaitGraph(Situation situation)
{
    private const int Depth = 8;
    private readonly List<VirtualAddress> _path = [];

    /// <summary>The graph below the thread of the attempt or removal that has not returned; null when the capture has no such thread.</summary>
    public static WaitNode? Of(Situation situation)
    {
        var thread = HungThread(situation);
        // A dump does not tell a thread that runs in circles from one that is about to return.
        if (thread.IsNull || (situation.Trace is null && situation.Capture.Waits.All(wait => wait.Root.Thread != thread)))
            return null;
        return new WaitGraph(situation).NodeOf(thread);
    }

    /// <summary>The thread that drives what does not return: the lab's, else the one inside DriverUnload.</summary>
    private static VirtualAddress HungThread(Situation situation)
    {
        if (!situation.Context.HungThread.IsNull)
            return situation.Context.HungThread;
        return situation.Calls.LastOrDefault(c => c is { Kind: DriverCallKind.DriverUnload, Result: null } && situation.ReturnOf(c) is null)?.Thread ?? default;
    }

    /// <summary>A thread with its wait; one that does not wait runs in circles.</summary>
    private WaitNode NodeOf(VirtualAddress thread)
    {
        _path.Add(thread);
        var wait = situation.Capture.Waits.FirstOrDefault(w => w.Root.Thread == thread);
        var call = PendingCall(thread);
        var node = wait is null
            ? new WaitNode(NameOf(thread), thread, null, SiteOf(thread), 0, false, false, [new WaitedObject(WaitedKind.Loop, default, null, [Nobody()])])
            : new WaitNode(
                NameOf(thread), thread, call?.Routine, call?.Site ?? situation.StackSiteOf(thread), Math.Max(0, situation.Context.EndTime100ns - wait.Root.Since100ns),
                wait.Root.DueTime100ns is not null, wait.Root is { WaitAll: true, Objects.Count: > 1 }, ObjectsOf(wait));
        _path.RemoveAt(_path.Count - 1);
        return node;
    }

    private List<WaitedObject> ObjectsOf(CapturedWait wait)
    {
        var at = wait.Root.SubjectAddress;
        var place = TextOf(wait.SubjectPlace);
        return wait.Root.Subject switch
        {
            WaitSubject.RemoveLock => [new WaitedObject(WaitedKind.RemoveLock, at, place, RemoveLockHolders(at))],
            WaitSubject.Rundown => [new WaitedObject(WaitedKind.Rundown, at, place, RundownHolders(at))],
            WaitSubject.FastMutex => [new WaitedObject(WaitedKind.FastMutex, at, place, OwnerOf(wait.Owner))],
            WaitSubject.Resource => [new WaitedObject(WaitedKind.Resource, at, place, OwnerOf(wait.Owner))],
            WaitSubject.PushLock => [new WaitedObject(WaitedKind.PushLock, at, place, [Nobody()])],
            WaitSubject.Request => [new WaitedObject(WaitedKind.Request, at, RequestText(wait.Request), [HavingRequest(wait)])],
            _ when wait.Objects.Count == 0 => [new WaitedObject(WaitedKind.Delay, default, null, [new Signaller(SignallerKind.Timer, "time", default, null)])],
            _ => [.. wait.Objects.Select(ObjectOf)],
        };
    }

    private WaitedObject ObjectOf(CapturedWaitObject waited)
    {
        var kind = waited.Type switch
        {
            DispatcherType.EventNotification or DispatcherType.EventSynchronization => WaitedKind.Event,
            DispatcherType.Semaphore => WaitedKind.Semaphore,
            DispatcherType.Mutant => WaitedKind.Mutex,
            DispatcherType.TimerNotification or DispatcherType.TimerSynchronization => WaitedKind.Timer,
            DispatcherType.Thread => WaitedKind.Thread,
            DispatcherType.Process => WaitedKind.Process,
            DispatcherType.Queue => WaitedKind.Queue,
            _ => WaitedKind.Unknown,
        };
        return new WaitedObject(kind, waited.Address, TextOf(waited.Place), kind switch
        {
            WaitedKind.Thread => [ThreadAt(SignallerKind.Thread, waited.Address, CreationSite(waited.Address))],
            WaitedKind.Mutex => OwnerOf(waited.Owner),
            WaitedKind.Timer => TimerOf(waited.Address),
            _ => SignallersOf(waited.Address),
        });
    }

    private string NameOf(VirtualAddress thread)
    {
        var name = situation.Capture.Waits.FirstOrDefault(w => w.Root.Thread == thread)?.Root.ThreadName;
        if (situation.Capture.Threads.Any(t => t.Address == thread))
            return $"thread of {situation.Capture.ImageName}";
        return name is { Length: > 0 } ? name : $"thread {thread}";
    }

    /// <summary>The kernel routine that a thread called last and that has not returned; null when a later call of the thread has.</summary>
    private RoutineRecord? PendingCall(VirtualAddress thread)
    {
        var last = situation.Records<TraceRecord>().LastOrDefault(r => r.Thread == thread && r is RoutineRecord or DriverCallRecord);
        return last is RoutineRecord { Result: null } call && call.Thread == thread ? call : null;
    }

    private CallSite? SiteOf(VirtualAddress thread) =>
        situation.Records<RoutineRecord>().LastOrDefault(r => r.Thread == thread && r.Site is not null)?.Site
        ?? situation.Calls.LastOrDefault(c => c.Thread == thread && c.Result is null)?.Target;

    /// <summary>Where a thread was made.</summary>
    private CallSite? CreationSite(VirtualAddress thread) =>
        situation.Records<RegistrationRecord>().LastOrDefault(r => r.Begin && r.Address == thread
            && r.Kind is RegistrationKind.SystemThread or RegistrationKind.IoSystemThread)?.Site;

    private string? TextOf(CapturedPlace? place) => place switch
    {
        null => null,
        { Kind: PlaceKind.DeviceExtension } => $"in the extension of {situation.NameOf(place.Owner)}, at +0x{place.Offset:x}",
        { Kind: PlaceKind.Image } => $"at {situation.Capture.ImageName}+0x{place.Offset:x}",
        { Kind: PlaceKind.Pool } => $"in the driver's pool at {place.Owner}, at +0x{place.Offset:x}",
        _ => $"on the stack of {NameOf(place.Owner)}",
    };
}

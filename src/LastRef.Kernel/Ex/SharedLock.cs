namespace LastRef.Kernel;

/// <summary>Who owns and who waits for a lock that is taken shared or exclusively.</summary>
internal sealed class SharedLock
{
    private readonly Dictionary<ulong, int> _shared = [];
    private readonly LinkedList<Waiter> _waiters = new();

    /// <summary>The owner and how often it has the lock; zero times when nobody has it exclusively.</summary>
    public (ulong Thread, int Times) Exclusive { get; private set; }

    public int SharedOwners => _shared.Count;

    public int SharedWaiters => _waiters.Count(w => !w.Exclusive);

    public int ExclusiveWaiters => _waiters.Count(w => w.Exclusive);

    public bool IsFree => Exclusive.Times == 0 && _shared.Count == 0;

    public int SharedTimes(ulong thread) => _shared.GetValueOrDefault(thread);

    public bool IsOwnedExclusivelyBy(ulong thread) => Exclusive.Times > 0 && Exclusive.Thread == thread;

    public int TimesOwnedBy(ulong thread) => IsOwnedExclusivelyBy(thread) ? Exclusive.Times : SharedTimes(thread);

    public bool TryTakeExclusive(ulong thread)
    {
        if (!IsFree && !IsOwnedExclusivelyBy(thread))
            return false;
        Exclusive = (thread, Exclusive.Times + 1);
        return true;
    }

    /// <param name="passWaiters">True takes the lock although somebody waits for it exclusively.</param>
    public bool TryTakeShared(ulong thread, bool passWaiters)
    {
        if (IsOwnedExclusivelyBy(thread))
        {
            Exclusive = (thread, Exclusive.Times + 1);
            return true;
        }

        if (Exclusive.Times > 0 || (!passWaiters && ExclusiveWaiters > 0))
            return false;
        _shared[thread] = SharedTimes(thread) + 1;
        return true;
    }

    /// <param name="event">Set when the waiter has got the lock.</param>
    public void Enqueue(ulong thread, bool exclusive, VirtualAddress @event) => _waiters.AddLast(new Waiter(thread, exclusive, @event));

    /// <summary>Gives the lock back once.</summary>
    /// <returns>False when the thread does not own it.</returns>
    public bool Release(ulong thread)
    {
        if (IsOwnedExclusivelyBy(thread))
        {
            Exclusive = (thread, Exclusive.Times - 1);
            return true;
        }

        if (!_shared.TryGetValue(thread, out var times))
            return false;
        if (times == 1)
            _shared.Remove(thread);
        else
            _shared[thread] = times - 1;
        return true;
    }

    /// <summary>The exclusive owner goes on as a shared one.</summary>
    public void ConvertToShared(ulong thread)
    {
        _shared[thread] = Exclusive.Times;
        Exclusive = default;
    }

    /// <summary>Ownership moves to another name, so that a different thread can release.</summary>
    public void Rename(ulong from, ulong to)
    {
        if (IsOwnedExclusivelyBy(from))
            Exclusive = (to, Exclusive.Times);
        else if (_shared.Remove(from, out var times))
            _shared[to] = SharedTimes(to) + times;
    }

    /// <summary>Gives a lock that became free to those who wait, first come first; several shared ones at once.</summary>
    /// <returns>The events of those who have it now.</returns>
    public IReadOnlyList<VirtualAddress> Grant()
    {
        var events = new List<VirtualAddress>();
        while (_waiters.First is { Value: var waiter })
        {
            var granted = waiter.Exclusive ? IsFree && TryTakeExclusive(waiter.Thread) : TryTakeShared(waiter.Thread, passWaiters: true);
            if (!granted)
                break;
            _waiters.RemoveFirst();
            events.Add(waiter.Event);
        }

        return events;
    }

    private readonly record struct Waiter(ulong Thread, bool Exclusive, VirtualAddress Event);
}

namespace LastRef;

/// <summary>A wait in words.</summary>
public static class WaitText
{
    /// <summary>What a thread does, as the second half of a sentence: <c>waits for an event on the stack of …</c>.</summary>
    public static string Verb(WaitNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (node.Objects is [{ Kind: WaitedKind.Loop }])
            return "runs in a loop that nothing ends";
        var objects = node.Objects.Select(o => Name(o.Kind) + (o.Place is null ? $" {o.Address}" : o.Kind == WaitedKind.Request ? $", {o.Place}" : $" {o.Place}"));
        var routine = node.Routine is null ? "" : $" in {node.Routine}";
        return $"waits{routine} for {string.Join(node.NeedsAll ? " and " : " or ", objects)}";
    }

    /// <summary>With its article.</summary>
    public static string Name(WaitedKind kind) => kind switch
    {
        WaitedKind.Event => "an event",
        WaitedKind.Semaphore => "a semaphore",
        WaitedKind.Mutex => "a mutex",
        WaitedKind.Timer => "a timer",
        WaitedKind.Thread => "the end of a thread",
        WaitedKind.Process => "the end of a process",
        WaitedKind.Queue => "a queue",
        WaitedKind.RemoveLock => "a remove lock",
        WaitedKind.Rundown => "rundown protection",
        WaitedKind.FastMutex => "a fast mutex",
        WaitedKind.Resource => "an ERESOURCE",
        WaitedKind.PushLock => "a push lock",
        WaitedKind.Request => "a request",
        WaitedKind.Delay => "time to pass",
        _ => "an object",
    };
}

namespace LastRef.Reports;

/// <summary>The words of a wait-for graph, for every format that is read by people.</summary>
internal static class WaitWords
{
    /// <summary>What a thread does: <c>waits in KeWaitForSingleObject for an event at x.sys+0x3010 (0xFFFF…)</c>.</summary>
    public static string Of(ReportWait wait)
    {
        if (wait.Objects is [{ Kind: "loop" }])
            return "runs in a loop that nothing ends";
        var routine = wait.Routine is { } name ? $" in {name}" : "";
        var objects = wait.Objects.Select(o => Kind(o.Kind) + (o.Place is { } place ? $" {place}" : "") + (o.Address is { } address ? $" ({address})" : ""));
        return $"waits{routine} for {string.Join(wait.NeedsAll ? " and " : " or ", objects)}{(wait.HasTimeout ? ", with a time-out that it starts again" : "")}";
    }

    /// <summary>The graph as indented lines.</summary>
    public static IEnumerable<string> Lines(ReportWait wait, string indent = "")
    {
        yield return $"{indent}{wait.Thread} {Of(wait)}{(wait.Site is { } site ? $", at {site}" : "")}";
        foreach (var signaller in wait.Objects.SelectMany(o => o.Signallers))
        {
            var at = signaller.Site is { } place ? $", {Where(signaller.Kind)} {place}" : "";
            yield return $"{indent}  {Role(signaller.Kind)}{signaller.Name}{at}{(signaller.ClosesCircle ? ", which waits for this thread: a circle" : "")}";
            foreach (var line in signaller.Waits is { } waits ? Lines(waits, indent + "    ") : [])
                yield return line;
        }
    }

    /// <summary>How a signaller could end the wait, as the beginning of its line.</summary>
    public static string Role(string kind) => kind switch
    {
        "holder" => "held by ",
        "owner" => "owned by ",
        "thread" => "ends with ",
        "request" => "ends with ",
        "timer" => "ends with ",
        "signalled" => "signalled by ",
        _ => "could end it: ",
    };

    /// <summary>What a signaller's call site is.</summary>
    public static string Where(string kind) => kind switch
    {
        "holder" => "acquired at",
        "thread" => "made at",
        "request" => "given to",
        _ => "at",
    };

    private static string Kind(string kind) => kind switch
    {
        "event" => "an event",
        "semaphore" => "a semaphore",
        "mutex" => "a mutex",
        "timer" => "a timer",
        "thread" => "the end of a thread",
        "process" => "the end of a process",
        "queue" => "a queue",
        "removeLock" => "a remove lock",
        "rundown" => "rundown protection",
        "fastMutex" => "a fast mutex",
        "resource" => "an ERESOURCE",
        "pushLock" => "a push lock",
        "request" => "the completion of",
        "delay" => "time to pass",
        _ => "an object",
    };
}

namespace LastRef;

/// <summary>One thing that happened in a run.</summary>
public abstract record TraceRecord
{
    /// <summary>Position in the trace, from zero.</summary>
    public int Sequence { get; internal set; }

    /// <summary>Guest instructions executed when it happened.</summary>
    public ulong Instructions { get; init; }

    /// <summary>Virtual time since boot in units of 100 ns.</summary>
    public long Time100ns { get; init; }

    /// <summary>The KTHREAD that ran; null outside threads.</summary>
    public VirtualAddress Thread { get; init; }

    /// <summary>Return addresses on the thread's stack that lie in images of drivers, innermost first.</summary>
    public IReadOnlyList<CallSite> Stack { get; init; } = [];

    /// <summary>The innermost site in a driver; null when the kernel itself acted.</summary>
    public CallSite? Site => Stack.Count > 0 ? Stack[0] : null;
}

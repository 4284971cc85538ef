namespace LastRef.Kernel;

/// <summary>Why a machine cannot go on.</summary>
public abstract record MachineStop
{
    /// <summary>KeBugCheckEx was called or the processor met a fault that nobody handles.</summary>
    public sealed record BugCheck(uint Code, ulong Parameter1, ulong Parameter2, ulong Parameter3, ulong Parameter4, string Explanation) : MachineStop;

    /// <summary>Something is not modelled; the verdict is inconclusive.</summary>
    /// <param name="Name">What is missing, as a person would look it up.</param>
    public sealed record Unsupported(UnsupportedKind Kind, string Name) : MachineStop;

    /// <summary>The only processor spins for something that nothing can give it: a proven hang.</summary>
    /// <param name="Object">The lock that is waited for.</param>
    public sealed record Deadlock(VirtualAddress Object, string Explanation) : MachineStop;
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>What a machine is booted with.</summary>
public sealed record MachineOptions
{
    public NtBuild Build { get; init; } = NtBuild.Windows10_2004;

    /// <summary>Guest instructions after which the run ends as inconclusive.</summary>
    public long MaximumInstructions { get; init; } = 500_000_000;

    /// <summary>Guest memory in pages of 4 KiB; the default is 512 MiB.</summary>
    public long MaximumPages { get; init; } = 131_072;

    /// <summary>Whether each call of a kernel routine is recorded, and not only those that change references.</summary>
    public bool RecordCalls { get; init; } = true;

    /// <summary>Whether nothing at all is recorded, so that the cost of the trace can be measured; such a run cannot be judged.</summary>
    public bool RecordNothing { get; init; }

    /// <summary>Whether every counter is compared with what accounts for it after each kernel routine; a difference is an internal error. For tests.</summary>
    public bool AuditReferences { get; init; }

    /// <summary>Whether the rules that Driver Verifier checks end the run as its bug checks do.</summary>
    public bool Verifier { get; init; } = true;
}

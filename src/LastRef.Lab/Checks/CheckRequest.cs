namespace LastRef.Lab;

/// <summary>What to check, and how.</summary>
public sealed record CheckRequest
{
    /// <summary>The image under test.</summary>
    public required InputFile Driver { get; init; }

    /// <summary>Neighbours, loaded beside it (<c>--with</c>).</summary>
    public IReadOnlyList<InputFile> With { get; init; } = [];

    /// <summary>Content of the device profile, JSON (<c>--profile</c>); null for the default device.</summary>
    public InputFile? Profile { get; init; }

    /// <summary>Scenarios by name; empty for all of the driver's kind.</summary>
    public IReadOnlyList<string> Scenarios { get; init; } = [];

    /// <summary>A replay token: run exactly that scenario with those choices again; null otherwise.</summary>
    public string? Replay { get; init; }

    public NtBuild Build { get; init; } = NtBuild.Windows10_2004;

    /// <summary>Guest instructions after which a scenario ends as inconclusive.</summary>
    public long MaximumInstructions { get; init; } = 500_000_000;

    /// <summary>Whether every counter is compared with what accounts for it after each kernel routine; for tests.</summary>
    public bool AuditReferences { get; init; }

    /// <summary>
    /// Called at the end of each scenario, before its machine is taken apart, with what it gave and a way to save the machine;
    /// calling that changes the machine, which nobody looks at any more.
    /// </summary>
    public Action<ScenarioResult, Func<MachineImage>>? Concluded { get; init; }

    /// <summary>Who runs the scenarios; <see cref="Concluded"/> is called on the thread that ran one.</summary>
    public IJobRunner Jobs { get; init; } = new OneByOne();

    /// <summary>Whether the rules that Driver Verifier checks end a run with its bug checks.</summary>
    public bool Verifier { get; init; } = true;
}

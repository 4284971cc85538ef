namespace LastRef;

/// <summary>What a diagnosis has to know of the scenario and can read neither from memory nor from the trace.</summary>
public sealed record ScenarioContext
{
    /// <summary>The scenario's name, such as <c>start-stop</c>.</summary>
    public required string Name { get; init; }

    /// <summary>File name of the driver under test, as the loaded module list has it.</summary>
    public required string DriverImage { get; init; }

    /// <summary>The driver's object; null when DriverEntry never ran.</summary>
    public VirtualAddress DriverObject { get; init; }

    /// <summary>True when it counts as PnP: it set AddDevice (U-3.16).</summary>
    public bool IsPnp { get; init; }

    /// <summary>Everything the lab classified the driver as.</summary>
    public DriverTraits Traits { get; init; }

    public RunEnd End { get; init; }

    public HangKind Hang { get; init; }

    /// <summary>The bug check where no trace has it: of a dump.</summary>
    public MachineCrash? Crash { get; init; }

    /// <summary>The thread that drives the attempt or removal that does not return; null when none hangs or none is known.</summary>
    public VirtualAddress HungThread { get; init; }

    /// <summary>Virtual time at which the run ended.</summary>
    public long EndTime100ns { get; init; }

    /// <summary>True when the scenario makes DriverEntry fail: the image must then leave without any attempt.</summary>
    public bool EntryFails { get; init; }

    /// <summary>True when the lab made AddDevice fail.</summary>
    public bool AddDeviceFails { get; init; }

    /// <summary>True when the profile asks that an SCM stop of a PnP driver be a finding, not an expected refusal.</summary>
    public bool StopMustWork { get; init; }

    /// <summary>True when the driver's devices were all removed (or its service stopped) and its clients let go: the conclusion.</summary>
    public bool IsConcluded { get; init; } = true;

    /// <summary>Set when the scenario failed before what it is about.</summary>
    public NotExercised? NotExercised { get; init; }

    public IReadOnlyList<ScenarioClient> Clients { get; init; } = [];
}

namespace LastRef.Kernel;

/// <summary>Why the machine stopped running.</summary>
public enum RunOutcome
{
    /// <summary>What was waited for has happened.</summary>
    Done,

    /// <summary>Every thread waits and no timer is due before the limit: without a stimulus nothing more can happen.</summary>
    Idle,

    /// <summary>The machine is in a state, but for its clocks, that it was in before: it does the same for ever.</summary>
    Recurs,

    /// <summary>A bug check, a bound, or something that is not modelled; see <see cref="NtKernel.Stop"/>.</summary>
    Stopped,
}

namespace LastRef.Kernel;

/// <summary>Kernel code met a state after which the machine cannot go on; caught where the scheduler entered kernel code.</summary>
public sealed class MachineStopException(MachineStop stop) : Exception(stop.ToString())
{
    public MachineStop Stop { get; } = stop;

    /// <summary>A bug check as Windows would raise it.</summary>
    public static MachineStopException BugCheck(
        uint code, string explanation, ulong parameter1 = 0, ulong parameter2 = 0, ulong parameter3 = 0, ulong parameter4 = 0) =>
        new(new MachineStop.BugCheck(code, parameter1, parameter2, parameter3, parameter4, explanation));

    /// <summary>A case that is detected and not modelled.</summary>
    public static MachineStopException Unsupported(UnsupportedKind kind, string name) =>
        new(new MachineStop.Unsupported(kind, name));

    /// <summary>The running code waits for a lock that only code which cannot run could release.</summary>
    public static MachineStopException Deadlock(VirtualAddress spinLock, string explanation) => new(new MachineStop.Deadlock(spinLock, explanation));
}

namespace LastRef.Cpu;

/// <summary>What the processor does after the host served a thunk.</summary>
public enum ThunkAction
{
    /// <summary>The return address is popped and execution goes on there, with the registers as the host left them.</summary>
    Return,

    /// <summary><see cref="Processor.Run"/> returns <see cref="RunExit.HostStop"/>; rip stays where the host left it, by default at the thunk.</summary>
    Stop,
}

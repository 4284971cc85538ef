namespace LastRef.Cpu;

/// <summary>Why <see cref="Processor.Run"/> returned.</summary>
public enum RunExit
{
    /// <summary>The given number of instructions was executed; rip is at the next one.</summary>
    BudgetExhausted,

    /// <summary>The host asked for it, by <see cref="ThunkAction.Stop"/> or <see cref="Processor.RequestStop"/>.</summary>
    HostStop,

    /// <summary><c>hlt</c> was executed; rip is behind it.</summary>
    Halted,

    /// <summary>An exception or software interrupt; rip is at the instruction, which had no effect.</summary>
    Exception,

    /// <summary>A valid instruction that is not implemented; rip is at it.</summary>
    Unsupported,
}

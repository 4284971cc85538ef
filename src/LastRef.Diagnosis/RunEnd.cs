namespace LastRef;

/// <summary>How a scenario's run ended.</summary>
public enum RunEnd
{
    /// <summary>All steps and the conclusion were driven.</summary>
    Completed,

    /// <summary>A bug check; the trace's last <see cref="BugCheckRecord"/> says which.</summary>
    Crashed,

    /// <summary>A call into a driver never returned; see <see cref="HangKind"/>.</summary>
    Hung,

    /// <summary>Something is not modelled; the trace's <see cref="UnsupportedRecord"/>s say what.</summary>
    Unsupported,

    /// <summary>The bound of instructions, memory or depth was reached.</summary>
    BudgetExhausted,
}

namespace LastRef.Lab;

/// <summary>How the machine stands after a step.</summary>
internal enum LabOutcome
{
    /// <summary>The step came back.</summary>
    Fine,

    /// <summary>The machine stopped; its <c>Stop</c> says why.</summary>
    Stopped,

    /// <summary>The step did not come back and nothing can run: proven.</summary>
    HungProven,

    /// <summary>The step did not come back and the machine's state recurs but for its clocks: proven.</summary>
    HungRecurring,

    /// <summary>The step did not come back in ten minutes of virtual time.</summary>
    HungLikely,
}

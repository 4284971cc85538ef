namespace LastRef;

/// <summary>R-41: a timer or DPC.</summary>
internal sealed class TimerOrDpcRule : LeftBehindRule
{
    public override Reason Reason => Reason.TimerOrDpcActive;

    protected override string? Describe(RegistrationKind kind) => kind switch
    {
        RegistrationKind.Timer or RegistrationKind.ExTimer => "an armed timer",
        RegistrationKind.IoTimer => "a device timer",
        RegistrationKind.Dpc => "a queued DPC (deferred procedure call)",
        _ => null,
    };

    protected override string Undo(RegistrationKind kind) => kind switch
    {
        RegistrationKind.ExTimer => "ExDeleteTimer was not called",
        RegistrationKind.IoTimer => "IoStopTimer was not called",
        RegistrationKind.Dpc => "KeFlushQueuedDpcs was not called",
        _ => "KeCancelTimer and KeFlushQueuedDpcs were not called",
    };
}

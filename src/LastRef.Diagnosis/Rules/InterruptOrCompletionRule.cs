namespace LastRef;

/// <summary>R-44: an interrupt that is still connected, or a request with a completion routine that is still out.</summary>
internal sealed class InterruptOrCompletionRule : LeftBehindRule
{
    public override Reason Reason => Reason.InterruptOrCompletionOutstanding;

    protected override string? Describe(RegistrationKind kind) => kind switch
    {
        RegistrationKind.Interrupt => "a connected interrupt",
        RegistrationKind.CompletionRoutine => "a completion routine in a pending request",
        _ => null,
    };

    protected override string Undo(RegistrationKind kind) =>
        kind == RegistrationKind.Interrupt ? "IoDisconnectInterrupt was not called" : "nothing waited for the request";
}

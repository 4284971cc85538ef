namespace LastRef;

/// <summary>R-42: a thread of PsCreateSystemThread or a work item of ExQueueWorkItem.</summary>
internal sealed class ThreadOrWorkItemRule : LeftBehindRule
{
    public override Reason Reason => Reason.ThreadOrWorkItemLeftBehind;

    protected override string? Describe(RegistrationKind kind) => kind switch
    {
        RegistrationKind.SystemThread => "a system thread",
        RegistrationKind.ExWorkItem => "a work item",
        RegistrationKind.Apc => "a queued APC (asynchronous procedure call)",
        _ => null,
    };

    protected override string Undo(RegistrationKind kind) => kind == RegistrationKind.SystemThread
        ? "KeWaitForSingleObject was not called for the thread object"
        : "nothing waited for it";
}

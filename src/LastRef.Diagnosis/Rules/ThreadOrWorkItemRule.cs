namespace LastRef;

/// <summary>R-42: a thread of PsCreateSystemThread or a work item of ExQueueWorkItem.</summary>
internal sealed class ThreadOrWorkItemRule : LeftBehindRule
{
    public override Reason Reason => Reason.ThreadOrWorkItemLeftBehind;

    protected override string? Describe(RegistrationKind kind) => kind switch
    {
        RegistrationKind.SystemThread => "a system thread",
        RegistrationKind.ExWorkItem => "a work item",
        RegistrationKind.ReturnAddress => "a call on another thread's stack",
        RegistrationKind.Apc => "a queued APC (asynchronous procedure call)",
        _ => null,
    };

    protected override string? FixOf(RegistrationKind kind) => kind == RegistrationKind.ReturnAddress
        ? "Count the callers that are inside, with a remove lock or rundown protection, and wait for the last one before DriverUnload returns."
        : null;

    protected override string Undo(RegistrationKind kind) => kind == RegistrationKind.ReturnAddress
        ? "nothing waited for the call to come out of the image"
        : kind == RegistrationKind.SystemThread ? "KeWaitForSingleObject was not called for the thread object"
        : "nothing waited for it";
}

namespace LastRef.Lab;

/// <summary>What the service control manager answered.</summary>
/// <param name="Error">A Win32 code; zero for success; null when the kernel's status has none that LastRef knows.</param>
/// <param name="State">The service's state afterwards; null when there is no such service.</param>
/// <param name="Status">What the kernel said underneath; null when it was not asked.</param>
internal sealed record ServiceAnswer(int? Error, ServiceState? State, NtStatus? Status)
{
    public bool Succeeded => Error == Win32Error.Success;

    /// <summary>The line that <c>sc</c> prints, in our words.</summary>
    public string Describe(string command) => this switch
    {
        { Succeeded: true, State: ServiceState.Stopped } => $"{command} succeeds; the service is STOPPED",
        { Succeeded: true, State: ServiceState.StopPending } => $"{command} succeeds; the service stays STOP_PENDING",
        { Succeeded: true, State: ServiceState.Running } => $"{command} succeeds; the service is RUNNING",
        { Succeeded: true } => $"{command} succeeds",
        { Error: { } code } => $"{command} fails with error {code}: {Win32Error.Meaning(code)}",
        _ => $"{command} fails",
    };
}

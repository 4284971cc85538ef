namespace LastRef;

/// <summary>All rules, in the order of their reasons.</summary>
internal static class DiagnosisRules
{
    public static IReadOnlyList<IDiagnosisRule> All { get; } =
    [
        new NoUnloadRoutineRule(),
        new StopSentToPnpDriverRule(),
        new ControlDeviceNotDeletedRule(),
        new StackDeviceNotDeletedRule(),
        new NotDetachedRule(),
        new DeviceLeftByFailedAddDeviceRule(),
        new DeviceLeftByFailedDriverEntryRule(),
        new OpenHandleRule(),
        new OpenHandleVetoRule(),
        new OpenHandleAfterSurpriseRule(),
        new FileObjectKeptRule(),
        new DeviceReferenceKeptRule(),
        new PnpNotificationRule(),
        new FilterAboveRule(),
        new AttachedToItselfRule(),
        new OpenedItselfRule(),
        new RequestsQueuedRule(),
        new KernelHandleRule(),
        new StrayHandleRule(),
        new WorkItemRule(),
        new RegistrationOnDeviceRule(),
        new OwnReferenceLeakRule(),
        new OverDereferenceRule(),
        new DriverObjectKeptRule(),
        new SecondDriverObjectRule(),
        new ImportedRule(),
        new TimerOrDpcRule(),
        new ThreadOrWorkItemRule(),
        new CallbackRule(),
        new InterruptOrCompletionRule(),
        new DeletedTwiceRule(),
        new ResourceLeftRule(),
        new DeletePendingControlDeviceRule(),
        new LegacyDeviceNotDeletedRule(),
        new RundownUnderflowRule(),
    ];
}

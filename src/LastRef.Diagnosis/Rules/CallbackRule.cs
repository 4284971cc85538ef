namespace LastRef;

/// <summary>R-43: a callback in a table or list of the kernel.</summary>
internal sealed class CallbackRule : LeftBehindRule
{
    public override Reason Reason => Reason.CallbackNotRemoved;

    protected override string? Describe(RegistrationKind kind) => kind switch
    {
        RegistrationKind.ProcessNotify => "a process notification",
        RegistrationKind.ThreadNotify => "a thread notification",
        RegistrationKind.ImageNotify => "an image-load notification",
        RegistrationKind.RegistryCallback => "a registry callback",
        RegistrationKind.ObjectCallback => "an object callback",
        RegistrationKind.ExCallback => "a callback of ExRegisterCallback",
        RegistrationKind.PowerSetting => "a power setting callback",
        RegistrationKind.BugCheckCallback => "a bug check callback",
        RegistrationKind.NmiCallback => "an NMI callback",
        RegistrationKind.ProcessorChange => "a processor change callback",
        RegistrationKind.LogonSession => "a logon session callback",
        RegistrationKind.Etw => "an ETW registration",
        RegistrationKind.Wmi => "a WMI registration",
        RegistrationKind.Reinitialization => "a reinitialisation routine",
        RegistrationKind.DispatchPointer => "a dispatch pointer in another driver",
        _ => null,
    };

    protected override string? FixOf(RegistrationKind kind) => kind == RegistrationKind.DispatchPointer
        ? "Attach a filter device instead of replacing another driver's dispatch pointers; a pointer that was replaced is put back, and calls that are inside are waited for, before DriverUnload returns."
        : null;

    protected override string Undo(RegistrationKind kind) => kind switch
    {
        RegistrationKind.ProcessNotify => "PsSetCreateProcessNotifyRoutine was not called with Remove set",
        RegistrationKind.ThreadNotify => "PsRemoveCreateThreadNotifyRoutine was not called",
        RegistrationKind.ImageNotify => "PsRemoveLoadImageNotifyRoutine was not called",
        RegistrationKind.RegistryCallback => "CmUnRegisterCallback was not called",
        RegistrationKind.ObjectCallback => "ObUnRegisterCallbacks was not called",
        RegistrationKind.ExCallback => "ExUnregisterCallback was not called",
        RegistrationKind.PowerSetting => "PoUnregisterPowerSettingCallback was not called",
        RegistrationKind.DispatchPointer => "the pointer that was there before was not put back",
        RegistrationKind.Etw => "EtwUnregister was not called",
        RegistrationKind.Wmi => "IoWMIRegistrationControl was not called with WMIREG_ACTION_DEREGISTER",
        _ => "the routine that removes it was not called",
    };
}

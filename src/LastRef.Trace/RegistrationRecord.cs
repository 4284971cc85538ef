namespace LastRef;

/// <summary>A driver left something with the kernel that names its code or memory, or took it back.</summary>
/// <param name="Begin">True when it begins to hold, false when it ends.</param>
/// <param name="Address">Identifies the registration: the timer, DPC, thread, cookie, notification entry.</param>
/// <param name="Routine">Code that may be called; null when only memory is named.</param>
/// <param name="Subject">Driver or device object given with it; null when none.</param>
public sealed record RegistrationRecord(
    RegistrationKind Kind, bool Begin, VirtualAddress Address, VirtualAddress Routine, VirtualAddress Subject) : TraceRecord;

namespace LastRef;

/// <summary>An entry in a table or list of the kernel that names code or memory of a driver.</summary>
/// <param name="Address">Identifies the entry.</param>
/// <param name="Routine">Code that may be called; null when only memory is named.</param>
/// <param name="Subject">Driver or device object given with it; null when none.</param>
public readonly record struct RegistrationRoot(
    RegistrationKind Kind, VirtualAddress Address, VirtualAddress Routine, VirtualAddress Subject);

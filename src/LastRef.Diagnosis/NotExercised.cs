namespace LastRef;

/// <summary>A part of the driver that the lab could not bring to work: what was not run cannot be called clean.</summary>
/// <param name="Call">The entry point that failed: DriverEntry, AddDevice, or Dispatch for a start.</param>
/// <param name="Status">What it returned.</param>
/// <param name="At">The last kernel routine that failed before it, as <c>IoCreateDevice</c>; null when none did.</param>
public sealed record NotExercised(DriverCallKind Call, NtStatus Status, string? At, CallSite? Site);

namespace LastRef;

/// <summary>The kernel called an entry point of a driver, or that call returned.</summary>
/// <param name="Driver">The driver object; null for routines not tied to one.</param>
/// <param name="Result">Null on entry; rax on return.</param>
public sealed record DriverCallRecord(
    DriverCallKind Kind, VirtualAddress Driver, VirtualAddress Routine, CallSite Target, ulong? Result) : TraceRecord
{
    /// <summary>The IRP that a dispatch, cancel or completion routine handles; null otherwise.</summary>
    public VirtualAddress Irp { get; init; }
}

namespace LastRef;

/// <summary>A step in the life of an IRP.</summary>
/// <param name="Status">The status so far; for <see cref="IrpStep.Sent"/> the one it was sent with.</param>
public sealed record IrpRecord(
    IrpStep Step, VirtualAddress Irp, byte Major, byte Minor, VirtualAddress Device, VirtualAddress Driver,
    VirtualAddress FileObject, NtStatus Status) : TraceRecord;

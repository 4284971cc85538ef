namespace LastRef;

/// <summary>A step of a driver's unloading.</summary>
/// <param name="Status">What the attempter was told; success for later steps.</param>
public sealed record UnloadRecord(
    UnloadStep Step, VirtualAddress Driver, string DriverName, Attempter By, NtStatus Status) : TraceRecord
{
    /// <summary>The device that refused or deferred, where one did.</summary>
    public VirtualAddress Device { get; init; }
}

namespace LastRef;

/// <summary>A change of an object's pointer count that the kernel itself recorded, when its tracing of object references was on.</summary>
/// <param name="Sequence">The kernel's number of the change; grows with time.</param>
/// <param name="Change">By how much: above zero for references taken.</param>
/// <param name="Tag">Pool tag that the caller gave.</param>
/// <param name="Site">The first place on the stack outside the kernel; null when there is none.</param>
/// <param name="Routine">The exported routine of the kernel that was called from there; null when its name is not known.</param>
public sealed record CapturedReferenceChange(VirtualAddress Object, uint Sequence, int Change, string Tag, CallSite? Site, string? Routine)
{
    /// <summary>Where the record lies.</summary>
    public VirtualAddress Record { get; init; }
}

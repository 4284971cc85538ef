namespace LastRef;

/// <summary>Who holds the reference that a finding is about.</summary>
/// <param name="Counter">Which counter it holds up; null when it holds none and only points into the image.</param>
/// <param name="Site">Where the reference was taken; null when nothing recorded it.</param>
public sealed record Holder(HolderKind Kind, string Name, VirtualAddress Address, ReferenceCounter? Counter, CallSite? Site)
{
    /// <summary>What holds this holder in turn: the process behind a file object, the request behind a reference.</summary>
    public IReadOnlyList<Holder> HeldBy { get; init; } = [];
}

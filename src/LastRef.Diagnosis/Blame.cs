namespace LastRef;

/// <summary>The party at fault.</summary>
/// <param name="Image">File name of its image; empty for the system, and where it is not known.</param>
public sealed record Blame(Party Party, string Image)
{
    /// <summary>Some driver, and nothing tells which.</summary>
    public static Blame NotKnown { get; } = new(Party.Unknown, "");
}

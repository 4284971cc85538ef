namespace LastRef;

/// <summary>The party at fault.</summary>
/// <param name="Image">File name of its image; empty for the system.</param>
public sealed record Blame(Party Party, string Image);

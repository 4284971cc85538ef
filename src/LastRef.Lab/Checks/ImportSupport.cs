namespace LastRef.Lab;

/// <summary>One import of an image and what the lab has for it.</summary>
/// <param name="Missing">For a partial one the case that is left out; null otherwise.</param>
public sealed record ImportSupport(string Module, string Name, ImportLevel Level, string? Missing);

namespace LastRef;

/// <summary>A symbolic link: it stores a name and holds nothing (U-1.59).</summary>
public sealed record CapturedLink(VirtualAddress Address, string Name, string Target);

namespace LastRef.Lab;

/// <summary>Which driver a reported child gets.</summary>
public sealed record ProfileChild(string HardwareId, string? Service);

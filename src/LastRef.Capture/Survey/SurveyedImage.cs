namespace LastRef;

/// <summary>An image that has left memory, from MmUnloadedDrivers (U-1.47).</summary>
/// <param name="Time100ns">When, as FILETIME; 0 when not known.</param>
public sealed record SurveyedImage(string Name, VirtualAddress Start, VirtualAddress End, ulong Time100ns);

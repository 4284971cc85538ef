namespace LastRef;

/// <summary>A defect of LastRef itself; the tool ends with exit code 70.</summary>
public sealed class InvariantException(string message) : Exception(message);

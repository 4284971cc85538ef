namespace LastRef;

/// <summary>A word of the command line names nothing: a scenario, a replay token, a driver of a dump. The tool ends with exit code 64.</summary>
public sealed class UsageException(string message) : InputException(message);

namespace LastRef;

/// <summary>A process of a surveyed machine.</summary>
/// <param name="Name">Image name, at most fifteen characters.</param>
/// <param name="HandleTable">Null for a process that is exiting.</param>
public sealed record SurveyedProcess(VirtualAddress Address, ulong Id, string Name, VirtualAddress HandleTable);

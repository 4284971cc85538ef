namespace LastRef;

/// <summary>A thread of a surveyed machine.</summary>
/// <param name="KernelStack">The saved stack pointer; not up to date for a thread that ran.</param>
public sealed record SurveyedThread(
    VirtualAddress Address, SurveyedProcess Process, ulong Id, VirtualAddress StartAddress, byte State, byte WaitReason,
    VirtualAddress KernelStack, VirtualAddress StackBase, VirtualAddress StackLimit, VirtualAddress WaitObject);

namespace LastRef;

/// <summary>A handle that was open on a device when its removal was refused.</summary>
/// <param name="ProcessName">As EPROCESS has it.</param>
/// <param name="File">The file object behind the handle.</param>
public sealed record VetoHolder(ulong ProcessId, string ProcessName, HandleValue Handle, VirtualAddress File);

namespace LastRef;

/// <summary>An open handle as found in a process's handle table.</summary>
/// <param name="ProcessName">Image name of the process, at most fifteen characters.</param>
/// <param name="Entry">Address of the handle table entry.</param>
/// <param name="RemainingBatch">References left of those taken in advance; null before 6.3 (U-1.27).</param>
public sealed record CapturedHandle(
    VirtualAddress Process, ulong ProcessId, string ProcessName, HandleValue Value, VirtualAddress Object,
    VirtualAddress Entry, uint GrantedAccess, uint? RemainingBatch)
{
    /// <summary>True for a handle of the System process, which kernel code opened.</summary>
    public bool IsSystem => ProcessId == 4;
}

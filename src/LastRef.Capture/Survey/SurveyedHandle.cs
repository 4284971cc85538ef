namespace LastRef;

/// <summary>A handle of a surveyed machine.</summary>
/// <param name="Entry">Address of its table entry.</param>
/// <param name="Body">The object.</param>
/// <param name="RemainingBatch">References left of those taken in advance; null before 6.3 (U-1.27).</param>
public readonly record struct SurveyedHandle(
    int Process, uint Value, VirtualAddress Entry, VirtualAddress Body, uint GrantedAccess, uint? RemainingBatch);

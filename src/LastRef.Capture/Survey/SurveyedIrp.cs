namespace LastRef;

/// <summary>A request of a surveyed machine.</summary>
/// <param name="Location">Current stack location of how many, as <c>1/2</c>; one above the count has not been sent.</param>
/// <param name="Request">Function code and minor code.</param>
public sealed record SurveyedIrp(
    VirtualAddress Address, VirtualAddress Thread, string Location, string Request, VirtualAddress Device, VirtualAddress File,
    VirtualAddress CancelRoutine, bool IsCancelled);

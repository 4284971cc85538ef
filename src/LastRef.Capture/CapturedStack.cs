namespace LastRef;

/// <summary>A thread that has code of the image on its kernel stack.</summary>
/// <param name="Frames">Return addresses in the image, innermost first; possible frames, unless unwound.</param>
/// <param name="IsUnwound">True when the frames follow unwind data; false when they are values on the stack that point into code.</param>
/// <param name="WaitObject">What the thread waits for; null when it does not wait.</param>
public sealed record CapturedStack(
    VirtualAddress Thread, string ProcessName, ulong ProcessId, IReadOnlyList<VirtualAddress> Frames, bool IsUnwound, VirtualAddress WaitObject)
{
    /// <summary>Where the functions of the frames begin; empty when the frames were not unwound, or the image has no directory of functions.</summary>
    public IReadOnlyList<VirtualAddress> Functions { get; init; } = [];

    /// <summary>Requests that values on the stack point to.</summary>
    public IReadOnlyList<VirtualAddress> Requests { get; init; } = [];
}

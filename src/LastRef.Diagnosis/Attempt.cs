namespace LastRef;

/// <summary>The attempt as it stood at the end.</summary>
/// <param name="Status">What the last attempter was told; null when nobody asked.</param>
public sealed record Attempt(AttemptState State, Attempter By, NtStatus? Status);

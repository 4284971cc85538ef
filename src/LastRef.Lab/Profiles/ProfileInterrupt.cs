namespace LastRef.Lab;

/// <summary>An occasion on which the hardware raises an interrupt line by itself.</summary>
/// <param name="Milliseconds">From one time to the next, for <see cref="ProfileInterruptTime.Every"/>; zero else.</param>
/// <param name="Times">How often in all, for <see cref="ProfileInterruptTime.Every"/>; one else.</param>
public sealed record ProfileInterrupt(ProfileInterruptTime When, uint Milliseconds, uint Times)
{
    /// <summary>Which of the resource's messages comes; zero for an interrupt by wire.</summary>
    public uint Message { get; init; }
}

namespace LastRef;

/// <summary>How a walk over linked structures ended; only <see cref="Complete"/> means that everything was seen.</summary>
public enum WalkEnd
{
    /// <summary>The walk is still going on.</summary>
    None,

    /// <summary>The list's end was reached.</summary>
    Complete,

    /// <summary>The list is longer than the caller's limit.</summary>
    LimitReached,

    /// <summary>A link leads back to a structure that was visited before.</summary>
    Cycle,

    /// <summary>A link could not be read.</summary>
    Unreadable,
}

namespace LastRef.Lab;

/// <summary>How far the lab stands in for something that an image imports.</summary>
public enum ImportLevel
{
    /// <summary>Implemented.</summary>
    Full,

    /// <summary>Implemented but for a case that the routine detects and stops at.</summary>
    Partial,

    /// <summary>Not there: a run stops when it is used.</summary>
    Absent,

    /// <summary>Served by another image given with <c>--with</c>.</summary>
    Neighbour,
}

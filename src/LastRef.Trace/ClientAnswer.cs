namespace LastRef;

/// <summary>How a client came back from a notification.</summary>
public enum ClientAnswer
{
    /// <summary>It has not come back yet.</summary>
    None,

    /// <summary>It agreed, or took note.</summary>
    Agreed,

    /// <summary>It refused (BROADCAST_QUERY_DENY, an error code): a veto (U-9.12, U-9.20).</summary>
    Refused,

    /// <summary>It did not come back in time (U-3.38).</summary>
    TimedOut,
}

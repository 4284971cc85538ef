namespace LastRef;

/// <summary>What Driver Verifier and the checked form of a remove lock complain about without stopping the machine.</summary>
public enum RemoveLockWarning
{
    /// <summary>More acquisitions at once than the lock's owner allowed.</summary>
    HighWatermark,

    /// <summary>An acquisition lasted longer than the lock's owner allowed.</summary>
    HeldTooLong,

    /// <summary>Still acquired when its owner begins to wait for it.</summary>
    HeldAtRemove,
}

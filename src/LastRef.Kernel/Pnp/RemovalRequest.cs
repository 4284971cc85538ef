namespace LastRef.Kernel;

/// <summary>What an orderly removal is for.</summary>
/// <param name="Problem">What Device Manager shows of the device afterwards.</param>
internal sealed record RemovalRequest(DeviceProblem Problem)
{
    /// <summary>Ejection relations go along, and EJECT follows (U-5.44).</summary>
    public bool Ejects { get; init; }

    /// <summary>The process that asks, for its rights; null for the system itself.</summary>
    public VirtualAddress? Requester { get; init; }

    /// <summary>The devnode goes too when only the registry made it.</summary>
    public bool Uninstalls { get; init; }
}

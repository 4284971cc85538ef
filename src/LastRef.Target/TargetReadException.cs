namespace LastRef;

/// <summary>Bytes of a target could not be read where the caller has no use for a partial answer.</summary>
public sealed class TargetReadException(VirtualAddress address, ReadFailure failure)
    : Exception($"Cannot read target memory at {address}: {failure}.")
{
    /// <summary>The first address that could not be read.</summary>
    public VirtualAddress Address { get; } = address;

    public ReadFailure Failure { get; } = failure;
}

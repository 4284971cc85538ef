namespace LastRef.Lab;

/// <summary>What an application asks of a device that it has open.</summary>
public enum ProfileRequestKind
{
    Control,
    Read,
    Write,
}

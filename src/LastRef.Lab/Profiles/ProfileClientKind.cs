namespace LastRef.Lab;

/// <summary>What a client of the driver is.</summary>
public enum ProfileClientKind
{
    Application,
    Service,
}

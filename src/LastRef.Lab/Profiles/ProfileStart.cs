namespace LastRef.Lab;

/// <summary>When a service starts; the values are those of the registry.</summary>
public enum ProfileStart
{
    Boot = 0,
    System = 1,
    Auto = 2,
    Demand = 3,
    Disabled = 4,
}

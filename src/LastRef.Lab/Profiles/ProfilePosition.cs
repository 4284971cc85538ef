namespace LastRef.Lab;

/// <summary>Where in the device's stack the driver under test stands, from the bottom up (U-2.25).</summary>
public enum ProfilePosition
{
    Function,
    LowerFilter,
    ClassLowerFilter,
    UpperFilter,
    ClassUpperFilter,
}

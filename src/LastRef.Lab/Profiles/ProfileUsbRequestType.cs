namespace LastRef.Lab;

/// <summary>Who defines a control request.</summary>
public enum ProfileUsbRequestType
{
    Vendor,
    Class,
}

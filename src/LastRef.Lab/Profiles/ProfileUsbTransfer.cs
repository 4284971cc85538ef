namespace LastRef.Lab;

/// <summary>Transfer types of endpoints; the values are those of bmAttributes.</summary>
public enum ProfileUsbTransfer
{
    Isochronous = 1,
    Bulk = 2,
    Interrupt = 3,
}

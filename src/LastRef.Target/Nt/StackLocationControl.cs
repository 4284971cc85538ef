namespace LastRef.Nt;

/// <summary>IO_STACK_LOCATION.Control (SL_*).</summary>
/// <remarks>Fact: IO_STACK_LOCATION, WDK reference; wdm.h.</remarks>
[Flags]
public enum StackLocationControl : byte
{
    None = 0,
    PendingReturned = 0x01,
    ErrorReturned = 0x02,
    InvokeOnCancel = 0x20,
    InvokeOnSuccess = 0x40,
    InvokeOnError = 0x80,
}

namespace LastRef.Kernel;

/// <summary>The driver code that kernel code called will never return: its frame was unwound. Not an error.</summary>
public sealed class GuestUnwindException() : Exception("The frame of a driver routine was unwound.");

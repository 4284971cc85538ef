namespace LastRef.Lab;

/// <summary>A control request that has an answer of its own.</summary>
/// <param name="Value">wValue; null for any.</param>
/// <param name="Index">wIndex; null for any.</param>
/// <param name="Answer">What comes back; null stalls the request.</param>
public sealed record ProfileUsbRequest(ProfileUsbRequestType Type, byte Request, ushort? Value, ushort? Index, byte[]? Answer);

namespace LastRef.Lab;

/// <summary>A request that an application sends when it has opened the device; it does not wait for the answer.</summary>
/// <param name="Code">Control code; zero for a read or a write.</param>
/// <param name="Input">What it hands over.</param>
/// <param name="OutputBytes">Room for the answer; the length of a read.</param>
public sealed record ProfileRequest(ProfileRequestKind Kind, uint Code, byte[] Input, uint OutputBytes, long Offset);

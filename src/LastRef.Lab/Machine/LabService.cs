namespace LastRef.Lab;

/// <summary>A driver's service as an installer made it.</summary>
/// <param name="Name">The service's name.</param>
/// <param name="KeyPath">Full registry path of its key.</param>
internal sealed record LabService(string Name, string KeyPath, string FileName);

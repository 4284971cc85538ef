namespace LastRef.Lab;

/// <summary>The service of an image given with <c>--with</c>.</summary>
public sealed record ProfileService(string Name, ProfileRegistration Registration, IReadOnlyDictionary<string, ProfileValue> Parameters)
{
    /// <summary>The image's file name; null for the service's name with <c>.sys</c>.</summary>
    public string? Image { get; init; }
}

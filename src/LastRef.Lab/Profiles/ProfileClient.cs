namespace LastRef.Lab;

/// <summary>A client that uses the device.</summary>
/// <param name="Name">File name of its image.</param>
/// <param name="Opens"><c>interface</c>, <c>link</c>, or a path in the object namespace.</param>
public sealed record ProfileClient(string Name, ProfileClientKind Kind, string Opens, ProfileClientBehaviour Behaviour);

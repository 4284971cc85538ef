namespace LastRef.Lab;

/// <summary>A named value in an object of a profile.</summary>
/// <param name="Offset">Of the name.</param>
internal sealed record ProfileMember(string Name, int Offset, ProfileItem Value);

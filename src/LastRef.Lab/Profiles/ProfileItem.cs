using System.Text.Json;

namespace LastRef.Lab;

/// <summary>A value in a profile and where it stands.</summary>
/// <param name="Kind">The token that begins it.</param>
/// <param name="Offset">In bytes from the start of the text.</param>
/// <param name="Text">Of a string its content, of a number its digits; empty otherwise.</param>
/// <param name="Members">Of an object, in order; a name may stand twice.</param>
/// <param name="Items">Of an array.</param>
internal sealed record ProfileItem(
    JsonTokenType Kind, int Offset, string Text, IReadOnlyList<ProfileMember> Members, IReadOnlyList<ProfileItem> Items);

namespace LastRef.Lab;

/// <summary>A file that the user named, already read: the lab touches no disk.</summary>
/// <param name="Path">As given; for messages and for finding debug data beside it.</param>
/// <param name="Content">All of it.</param>
public sealed record InputFile(string Path, ReadOnlyMemory<byte> Content)
{
    /// <summary>The last part of <see cref="Path"/>, whichever way its slashes lean.</summary>
    public string FileName => Path[(Path.LastIndexOfAny(['/', '\\']) + 1)..];
}

namespace LastRef.Lab;

/// <summary>One line of a directory listing.</summary>
/// <param name="Name">The name; "." and ".." for the directory and the one above.</param>
internal readonly record struct VolumeEntry(string Name, VolumeFile File);

namespace LastRef;

/// <summary>What became of the image.</summary>
public enum ImageState
{
    /// <summary>In memory, and its unloading has not got to the image.</summary>
    Loaded,

    /// <summary>In memory although DriverUnload returned or DriverEntry failed.</summary>
    Pinned,

    /// <summary>It left memory.</summary>
    Gone,
}

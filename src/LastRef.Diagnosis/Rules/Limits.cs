namespace LastRef;

/// <summary>Bounds of what one diagnosis names one by one.</summary>
internal static class Limits
{
    /// <summary>Devices named in one finding or given findings of their own.</summary>
    public const int Devices = 16;
}

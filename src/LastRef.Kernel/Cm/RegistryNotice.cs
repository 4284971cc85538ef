namespace LastRef.Kernel;

/// <summary>How one kind of registry operation is told to callbacks: REG_NOTIFY_CLASS before and after, and the structure that describes it.</summary>
/// <param name="Before">The class before the operation.</param>
/// <param name="After">The class after it.</param>
/// <param name="CallContextOffset">Where CallContext lies; the object's context and a reserved pointer follow it.</param>
/// <remarks>Doc: REG_NOTIFY_CLASS, and the key information structures that belong to each of its values, wdm.h.</remarks>
internal sealed record RegistryNotice(uint Before, uint After, int CallContextOffset)
{
    private const int CreateBytes = 0x88;

    public static readonly RegistryNotice DeleteKey = new(0, 15, 8);
    public static readonly RegistryNotice SetValueKey = new(1, 16, 0x28);
    public static readonly RegistryNotice DeleteValueKey = new(2, 17, 0x10);
    public static readonly RegistryNotice EnumerateKey = new(5, 20, 0x28);
    public static readonly RegistryNotice EnumerateValueKey = new(6, 21, 0x28);
    public static readonly RegistryNotice QueryKey = new(7, 22, 0x28);
    public static readonly RegistryNotice QueryValueKey = new(8, 23, 0x30);
    public static readonly RegistryNotice KeyHandleClose = new(14, 25, 8);
    public static readonly RegistryNotice CreateKey = new(26, 27, 0x50);
    public static readonly RegistryNotice OpenKey = new(28, 29, 0x50);
    public static readonly RegistryNotice FlushKey = new(30, 31, 8);

    /// <summary>Told when a context that a callback has set on a key object is of no use any more.</summary>
    public const uint ContextCleanup = 40;

    public int ByteCount => CallContextOffset == CreateKey.CallContextOffset ? CreateBytes : CallContextOffset + 0x18;

    public int ObjectContextOffset => CallContextOffset + 8;
}

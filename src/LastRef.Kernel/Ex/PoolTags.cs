namespace LastRef.Kernel;

/// <summary>Tags of the kernel's own allocations (U-1.49).</summary>
internal static class PoolTags
{
    public static readonly uint Device = Of("Devi");
    public static readonly uint Driver = Of("Driv");
    public static readonly uint File = Of("File");
    public static readonly uint SymbolicLink = Of("Symb");
    public static readonly uint DeviceNode = Of("Dnod");
    public static readonly uint WorkItem = Of("IoWI");
    public static readonly uint Irp = Of("Irp ");
    public static readonly uint LoaderEntry = Of("MmLd");
    public static readonly uint Object = Of("ObXx");
    public static readonly uint Directory = Of("Dire");
    public static readonly uint ObjectName = Of("ObNm");
    public static readonly uint HandleTable = Of("Obtb");
    public static readonly uint Process = Of("Proc");
    public static readonly uint Thread = Of("Thre");
    public static readonly uint Mdl = Of("Mdl ");
    public static readonly uint Io = Of("Io  ");
    public static readonly uint SystemBuffer = Of("IoSB");
    public static readonly uint Pnp = Of("PpnP");
    public static readonly uint Power = Of("Powe");
    public static readonly uint Registry = Of("CM  ");
    public static readonly uint String = Of("Strg");

    /// <summary>A tag from its four characters, the first in the low byte.</summary>
    public static uint Of(string tag) => (uint)(tag[0] | (tag[1] << 8) | (tag[2] << 16) | (tag[3] << 24));

    /// <summary>The tag as people write it.</summary>
    public static string ToText(uint tag) =>
        string.Create(4, tag, static (text, value) =>
        {
            for (var i = 0; i < 4; i++)
            {
                var c = (char)((value >> (8 * i)) & 0x7F);
                text[i] = c < ' ' ? '.' : c;
            }
        });
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>A value of a registry key.</summary>
/// <param name="Type">REG_NONE 0, REG_SZ 1, REG_EXPAND_SZ 2, REG_BINARY 3, REG_DWORD 4, REG_MULTI_SZ 7, REG_QWORD 11 (Doc: "Registry value types").</param>
internal sealed record RegistryValue(string Name, uint Type, byte[] Data)
{
    public static RegistryValue String(string name, string text) => new(name, 1, WideText.Bytes(text + "\0"));

    public static RegistryValue Expandable(string name, string text) => new(name, 2, WideText.Bytes(text + "\0"));

    public static RegistryValue Strings(string name, IEnumerable<string> texts) =>
        new(name, 7, WideText.Bytes(string.Concat(texts.Select(t => t + "\0")) + "\0"));

    public static RegistryValue Dword(string name, uint number) => new(name, 4, BitConverter.GetBytes(number));

    public string Text => WideText.Text(Data).TrimEnd('\0');

    public uint? Number => Type == 4 && Data.Length >= 4 ? BitConverter.ToUInt32(Data) : null;
}

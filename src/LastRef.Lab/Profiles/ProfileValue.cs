using LastRef.Kernel;

namespace LastRef.Lab;

/// <summary>A registry value in a profile: a number becomes REG_DWORD, text REG_SZ, lines REG_MULTI_SZ, bytes REG_BINARY.</summary>
public sealed record ProfileValue(uint? Number, string? Text)
{
    public IReadOnlyList<string>? Lines { get; init; }

    public byte[]? Binary { get; init; }

    /// <summary>Text becomes REG_EXPAND_SZ.</summary>
    public bool IsExpandable { get; init; }

    internal RegistryValue ToRegistryValue(string name) => this switch
    {
        { Number: { } number } => RegistryValue.Dword(name, number),
        { Lines: { } lines } => RegistryValue.Strings(name, lines),
        { Binary: { } bytes } => new RegistryValue(name, 3, bytes),
        { IsExpandable: true } => RegistryValue.Expandable(name, Text ?? ""),
        _ => RegistryValue.String(name, Text ?? ""),
    };
}

using LastRef.Kernel;

namespace LastRef.Lab;

/// <summary>A registry value in a profile: a number becomes REG_DWORD, text REG_SZ.</summary>
public sealed record ProfileValue(uint? Number, string? Text)
{
    internal RegistryValue ToRegistryValue(string name) =>
        Number is { } number ? RegistryValue.Dword(name, number) : RegistryValue.String(name, Text ?? "");
}

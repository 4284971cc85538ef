namespace LastRef.Symbols;

/// <summary>Loader flags of the optional header. Source: PE format, "DLL Characteristics".</summary>
[Flags]
public enum ImageDllCharacteristics : ushort
{
    None = 0,
    HighEntropyVa = 0x0020,
    DynamicBase = 0x0040,
    ForceIntegrity = 0x0080,
    NxCompat = 0x0100,
    NoIsolation = 0x0200,
    NoSeh = 0x0400,
    NoBind = 0x0800,
    AppContainer = 0x1000,
    WdmDriver = 0x2000,
    GuardCf = 0x4000,
    TerminalServerAware = 0x8000,
}

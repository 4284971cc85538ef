namespace LastRef.Symbols;

/// <summary>Flags of the file header. Source: PE format, "Characteristics".</summary>
[Flags]
public enum ImageFileCharacteristics : ushort
{
    None = 0,
    RelocsStripped = 0x0001,
    ExecutableImage = 0x0002,
    LineNumbersStripped = 0x0004,
    LocalSymbolsStripped = 0x0008,
    LargeAddressAware = 0x0020,
    Machine32Bit = 0x0100,
    DebugStripped = 0x0200,
    System = 0x1000,
    Dll = 0x2000,
}

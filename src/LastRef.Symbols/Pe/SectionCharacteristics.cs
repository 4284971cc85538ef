namespace LastRef.Symbols;

/// <summary>Flags of a section. Source: PE format, "Section Flags".</summary>
[Flags]
public enum SectionCharacteristics : uint
{
    None = 0,
    ContainsCode = 0x0000_0020,
    ContainsInitializedData = 0x0000_0040,
    ContainsUninitializedData = 0x0000_0080,
    Discardable = 0x0200_0000,
    NotCached = 0x0400_0000,
    NotPaged = 0x0800_0000,
    Shared = 0x1000_0000,
    Execute = 0x2000_0000,
    Read = 0x4000_0000,
    Write = 0x8000_0000,
}

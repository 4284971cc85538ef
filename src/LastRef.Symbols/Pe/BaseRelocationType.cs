namespace LastRef.Symbols;

/// <summary>Kind of a base relocation. Source: PE format, "Base Relocation Types".</summary>
public enum BaseRelocationType : byte
{
    /// <summary>Padding; nothing is changed.</summary>
    Absolute = 0,
    High = 1,
    Low = 2,
    HighLow = 3,
    HighAdj = 4,
    Dir64 = 10,
}

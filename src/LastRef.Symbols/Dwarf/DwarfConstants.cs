namespace LastRef.Symbols;

/// <summary>Numbers of the DWARF format that are used here. Source: DWARF 5 standard, section 7 (version 4 where noted there).</summary>
internal static class DwarfConstants
{
    public const ulong TagInlinedSubroutine = 0x1D;
    public const ulong TagSubprogram = 0x2E;

    public const ulong AttributeName = 0x03;
    public const ulong AttributeStatementList = 0x10;
    public const ulong AttributeLowPc = 0x11;
    public const ulong AttributeHighPc = 0x12;
    public const ulong AttributeCompilationDirectory = 0x1B;
    public const ulong AttributeAbstractOrigin = 0x31;
    public const ulong AttributeSpecification = 0x47;
    public const ulong AttributeRanges = 0x55;
    public const ulong AttributeCallFile = 0x58;
    public const ulong AttributeCallLine = 0x59;
    public const ulong AttributeLinkageName = 0x6E;
    public const ulong AttributeStringOffsetsBase = 0x72;
    public const ulong AttributeAddressBase = 0x73;
    public const ulong AttributeRangeListsBase = 0x74;

    public const byte UnitCompile = 1;
    public const byte UnitType = 2;
    public const byte UnitPartial = 3;
    public const byte UnitSkeleton = 4;
    public const byte UnitSplitCompile = 5;
    public const byte UnitSplitType = 6;
}

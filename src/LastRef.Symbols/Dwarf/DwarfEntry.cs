namespace LastRef.Symbols;

/// <summary>The attributes of one debugging entry that are used here; an absent one is <see cref="DwarfValueKind.Absent"/>.</summary>
internal struct DwarfEntry
{
    public DwarfValue Name;
    public DwarfValue LinkageName;
    public DwarfValue LowPc;
    public DwarfValue HighPc;
    public DwarfValue Ranges;
    public DwarfValue Origin;
    public DwarfValue CallFile;
    public DwarfValue CallLine;
    public DwarfValue StatementList;
    public DwarfValue CompilationDirectory;
    public DwarfValue StringOffsetsBase;
    public DwarfValue AddressBase;
    public DwarfValue RangeListsBase;

    /// <summary>Reads all attributes of an entry and keeps those above.</summary>
    /// <param name="abbreviation">The entry's shape.</param>
    /// <param name="cursor">Behind the abbreviation code; moved behind the entry.</param>
    /// <param name="encoding">Widths of the unit.</param>
    public static DwarfEntry Read(DwarfAbbreviation abbreviation, ref ByteCursor cursor, DwarfEncoding encoding)
    {
        var entry = default(DwarfEntry);
        foreach (var attribute in abbreviation.Attributes)
        {
            var value = DwarfValue.Read(ref cursor, attribute.Form, encoding, attribute.ImplicitConstant);
            switch (attribute.Name)
            {
                case DwarfConstants.AttributeName:
                    entry.Name = value;
                    break;
                case DwarfConstants.AttributeLinkageName:
                    entry.LinkageName = value;
                    break;
                case DwarfConstants.AttributeLowPc:
                    entry.LowPc = value;
                    break;
                case DwarfConstants.AttributeHighPc:
                    entry.HighPc = value;
                    break;
                case DwarfConstants.AttributeRanges:
                    entry.Ranges = value;
                    break;
                case DwarfConstants.AttributeAbstractOrigin or DwarfConstants.AttributeSpecification:
                    entry.Origin = value;
                    break;
                case DwarfConstants.AttributeCallFile:
                    entry.CallFile = value;
                    break;
                case DwarfConstants.AttributeCallLine:
                    entry.CallLine = value;
                    break;
                case DwarfConstants.AttributeStatementList:
                    entry.StatementList = value;
                    break;
                case DwarfConstants.AttributeCompilationDirectory:
                    entry.CompilationDirectory = value;
                    break;
                case DwarfConstants.AttributeStringOffsetsBase:
                    entry.StringOffsetsBase = value;
                    break;
                case DwarfConstants.AttributeAddressBase:
                    entry.AddressBase = value;
                    break;
                case DwarfConstants.AttributeRangeListsBase:
                    entry.RangeListsBase = value;
                    break;
                default:
                    break;
            }
        }
        return entry;
    }
}

namespace LastRef.Symbols;

/// <summary>What the number of a <see cref="DwarfValue"/> means.</summary>
internal enum DwarfValueKind
{
    /// <summary>The entry has no such attribute.</summary>
    Absent,
    /// <summary>Something that is skipped: a block, an expression, a reference to another file.</summary>
    Other,
    /// <summary>A virtual address at the image's own base.</summary>
    Address,
    /// <summary>An index into .debug_addr.</summary>
    AddressIndex,
    /// <summary>A plain number.</summary>
    Constant,
    /// <summary>An offset in .debug_info, from the start of the section.</summary>
    Reference,
    /// <summary>An offset in the section that the attribute implies.</summary>
    SectionOffset,
    /// <summary>An index into the offsets of .debug_rnglists.</summary>
    RangeListIndex,
    /// <summary>An offset of a string in the section that is being read.</summary>
    InlineString,
    /// <summary>An offset in .debug_str.</summary>
    StringOffset,
    /// <summary>An offset in .debug_line_str.</summary>
    LineStringOffset,
    /// <summary>An index into .debug_str_offsets.</summary>
    StringIndex,
}

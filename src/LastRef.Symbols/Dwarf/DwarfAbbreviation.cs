namespace LastRef.Symbols;

/// <summary>The shape of debugging entries: their tag, whether children follow, and how each attribute is encoded.</summary>
internal sealed record DwarfAbbreviation(
    ulong Tag, bool HasChildren, DwarfAttribute[] Attributes)
{
    /// <summary>Reads a table of abbreviations.</summary>
    /// <param name="cursor">At the table.</param>
    /// <param name="charge">Told of each abbreviation and attribute; throws when there are too many.</param>
    /// <exception cref="ImageFormatException">It runs out of the section or is too long.</exception>
    public static Dictionary<ulong, DwarfAbbreviation> ReadTable(ByteCursor cursor, Action<int> charge)
    {
        var table = new Dictionary<ulong, DwarfAbbreviation>();
        while (cursor.Uleb() is not 0 and var code)
        {
            var tag = cursor.Uleb();
            var hasChildren = cursor.U8() != 0;
            var attributes = new List<DwarfAttribute>();
            while (true)
            {
                var attribute = cursor.Uleb();
                var form = cursor.Uleb();
                if (attribute == 0 && form == 0)
                    break;
                if (form > ushort.MaxValue)
                    throw cursor.Malformed($"has the unknown form 0x{form:x}");
                charge(1);
                attributes.Add(new DwarfAttribute(attribute, (DwarfForm)form, (DwarfForm)form == DwarfForm.ImplicitConstant ? cursor.Sleb() : 0));
            }
            charge(1);
            table.TryAdd(code, new DwarfAbbreviation(tag, hasChildren, [.. attributes]));
        }
        return table;
    }
}

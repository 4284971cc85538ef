namespace LastRef.Symbols;

/// <summary>Widths that one unit of DWARF data uses.</summary>
/// <param name="Version">Version of the unit.</param>
/// <param name="Is64Bit">True when offsets between sections are eight bytes wide.</param>
/// <param name="AddressBytes">Width of an address.</param>
/// <param name="UnitOffset">Where the unit starts in .debug_info; references within it count from there.</param>
internal readonly record struct DwarfEncoding(ushort Version, bool Is64Bit, byte AddressBytes, uint UnitOffset)
{
    public int OffsetBytes => Is64Bit ? 8 : 4;

    public ulong ReadOffset(ref ByteCursor cursor) => Is64Bit ? cursor.U64() : cursor.U32();

    public ulong ReadAddress(ref ByteCursor cursor) => AddressBytes switch
    {
        8 => cursor.U64(),
        4 => cursor.U32(),
        _ => throw cursor.Malformed($"uses addresses of {AddressBytes} bytes"),
    };

    /// <summary>Reads the length in front of a unit, which also says how wide offsets are.</summary>
    public static (ulong Length, bool Is64Bit) ReadLength(ref ByteCursor cursor)
    {
        const uint Escape = 0xFFFF_FFFF;
        const uint FirstReserved = 0xFFFF_FFF0;
        var length = cursor.U32();
        return length switch
        {
            Escape => (cursor.U64(), true),
            >= FirstReserved => throw cursor.Malformed($"has the reserved length 0x{length:x}"),
            _ => (length, false),
        };
    }
}

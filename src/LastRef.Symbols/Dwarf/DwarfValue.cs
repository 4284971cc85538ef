namespace LastRef.Symbols;

/// <summary>A decoded attribute that is not yet looked up in other sections.</summary>
internal readonly record struct DwarfValue(DwarfValueKind Kind, ulong Number)
{
    public bool IsPresent => Kind != DwarfValueKind.Absent;

    /// <summary>Reads one value and moves the cursor behind it.</summary>
    /// <param name="cursor">At the value.</param>
    /// <param name="form">How it is encoded.</param>
    /// <param name="encoding">Widths that the unit uses.</param>
    /// <param name="implicitConstant">The constant that stands in the abbreviation.</param>
    public static DwarfValue Read(ref ByteCursor cursor, DwarfForm form, DwarfEncoding encoding, long implicitConstant = 0)
    {
        // An indirect form names the real one in front of the value; a chain of them serves no purpose.
        if (form == DwarfForm.Indirect)
        {
            form = (DwarfForm)Math.Min(cursor.Uleb(), ushort.MaxValue);
            if (form is DwarfForm.Indirect or DwarfForm.ImplicitConstant)
                throw cursor.Malformed("has an indirect form that is itself indirect");
        }
        switch (form)
        {
            case DwarfForm.Address:
                return new(DwarfValueKind.Address, encoding.ReadAddress(ref cursor));
            case DwarfForm.Data1 or DwarfForm.Flag:
                return new(DwarfValueKind.Constant, cursor.U8());
            case DwarfForm.Data2:
                return new(DwarfValueKind.Constant, cursor.U16());
            // Up to version 3 there was no form of its own for offsets into other sections.
            case DwarfForm.Data4:
                return new(encoding.Version < 4 ? DwarfValueKind.SectionOffset : DwarfValueKind.Constant, cursor.U32());
            case DwarfForm.Data8:
                return new(encoding.Version < 4 ? DwarfValueKind.SectionOffset : DwarfValueKind.Constant, cursor.U64());
            case DwarfForm.SignedData:
                return new(DwarfValueKind.Constant, (ulong)cursor.Sleb());
            case DwarfForm.UnsignedData:
                return new(DwarfValueKind.Constant, cursor.Uleb());
            case DwarfForm.ImplicitConstant:
                return new(DwarfValueKind.Constant, (ulong)implicitConstant);
            case DwarfForm.FlagPresent:
                return new(DwarfValueKind.Constant, 1);
            case DwarfForm.SectionOffset:
                return new(DwarfValueKind.SectionOffset, encoding.ReadOffset(ref cursor));
            case DwarfForm.RangeListIndex:
                return new(DwarfValueKind.RangeListIndex, cursor.Uleb());
            case DwarfForm.LocationListIndex:
                return new(DwarfValueKind.Other, cursor.Uleb());
            case DwarfForm.Reference1:
                return new(DwarfValueKind.Reference, encoding.UnitOffset + (ulong)cursor.U8());
            case DwarfForm.Reference2:
                return new(DwarfValueKind.Reference, encoding.UnitOffset + (ulong)cursor.U16());
            case DwarfForm.Reference4:
                return new(DwarfValueKind.Reference, encoding.UnitOffset + (ulong)cursor.U32());
            case DwarfForm.Reference8:
                return new(DwarfValueKind.Reference, unchecked(encoding.UnitOffset + cursor.U64()));
            case DwarfForm.ReferenceUnsigned:
                return new(DwarfValueKind.Reference, unchecked(encoding.UnitOffset + cursor.Uleb()));
            case DwarfForm.ReferenceAddress:
                return new(DwarfValueKind.Reference, encoding.Version <= 2 ? encoding.ReadAddress(ref cursor) : encoding.ReadOffset(ref cursor));
            case DwarfForm.String:
                {
                    var at = cursor.Position;
                    cursor.CStringBytes(int.MaxValue - 1);
                    return new(DwarfValueKind.InlineString, (ulong)at);
                }
            case DwarfForm.StringOffset:
                return new(DwarfValueKind.StringOffset, encoding.ReadOffset(ref cursor));
            case DwarfForm.LineStringOffset:
                return new(DwarfValueKind.LineStringOffset, encoding.ReadOffset(ref cursor));
            case DwarfForm.StringIndex or DwarfForm.GnuStringIndex:
                return new(DwarfValueKind.StringIndex, cursor.Uleb());
            case DwarfForm.AddressIndex or DwarfForm.GnuAddressIndex:
                return new(DwarfValueKind.AddressIndex, cursor.Uleb());
            case >= DwarfForm.StringIndex1 and <= DwarfForm.StringIndex4:
                return new(DwarfValueKind.StringIndex, ReadIndex(ref cursor, form - DwarfForm.StringIndex1));
            case >= DwarfForm.AddressIndex1 and <= DwarfForm.AddressIndex4:
                return new(DwarfValueKind.AddressIndex, ReadIndex(ref cursor, form - DwarfForm.AddressIndex1));
            case DwarfForm.Block1:
                return Skip(ref cursor, cursor.U8());
            case DwarfForm.Block2:
                return Skip(ref cursor, cursor.U16());
            case DwarfForm.Block4:
                return Skip(ref cursor, cursor.U32());
            case DwarfForm.Block or DwarfForm.ExpressionLocation:
                return Skip(ref cursor, cursor.Uleb());
            case DwarfForm.Data16:
                return Skip(ref cursor, 16);
            case DwarfForm.ReferenceSignature8 or DwarfForm.ReferenceSupplementary8:
                return Skip(ref cursor, 8);
            case DwarfForm.ReferenceSupplementary4:
                return Skip(ref cursor, 4);
            case DwarfForm.StringSupplementary or DwarfForm.GnuReferenceAlternative or DwarfForm.GnuStringAlternative:
                return new(DwarfValueKind.Other, encoding.ReadOffset(ref cursor));
            default:
                throw cursor.Malformed($"has an attribute of the unknown form 0x{(int)form:x}");
        }
    }

    private static DwarfValue Skip(ref ByteCursor cursor, ulong bytes)
    {
        cursor.Skip((long)Math.Min(bytes, long.MaxValue));
        return new(DwarfValueKind.Other, 0);
    }

    private static ulong ReadIndex(ref ByteCursor cursor, int last)
    {
        ulong index = 0;
        for (var position = 0; position <= last; position++)
            index |= (ulong)cursor.U8() << (8 * position);
        return index;
    }
}

namespace LastRef;

/// <summary>How a field of a structure is stored.</summary>
public enum FieldKind
{
    /// <summary>An integer without sign; also characters and BOOLEAN.</summary>
    Unsigned,

    /// <summary>A two's complement integer.</summary>
    Signed,

    /// <summary>A floating-point number.</summary>
    Float,

    /// <summary>A 64-bit pointer.</summary>
    Pointer,

    /// <summary>A structure or union that lies in the outer one.</summary>
    Structure,

    /// <summary>An enumeration.</summary>
    Enumeration,

    /// <summary>Nothing the symbols could describe.</summary>
    Void,
}

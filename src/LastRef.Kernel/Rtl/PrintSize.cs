namespace LastRef.Kernel;

/// <summary>The size prefix of a conversion (Doc: "Size and distance specification", C run-time reference).</summary>
internal enum PrintSize
{
    None,

    /// <summary><c>hh</c></summary>
    Byte,

    /// <summary><c>h</c></summary>
    Short,

    /// <summary><c>l</c>: a long of 32 bits, or wide text.</summary>
    Long,

    /// <summary><c>w</c>: wide text.</summary>
    Wide,

    /// <summary><c>I64</c>, <c>ll</c>, and <c>I</c>, <c>z</c>, <c>t</c>, <c>j</c>, which are 64 bits wide on x64.</summary>
    Quad,

    /// <summary><c>I32</c></summary>
    Dword,
}

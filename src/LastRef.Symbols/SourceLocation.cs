using System.Globalization;

namespace LastRef.Symbols;

/// <summary>Where an address lies in the source, as far as the debug data knows.</summary>
/// <param name="Function">Name of the function; null when nothing names it.</param>
/// <param name="FunctionOffset">Bytes from the function's entry; negative in a part that the compiler moved in front of it. 0 without a function.</param>
/// <param name="File">Source file as the compiler recorded it; null when there are no line numbers.</param>
/// <param name="Line">Line in <paramref name="File"/>, from 1; null when unknown or when the compiler made the code up.</param>
public sealed record SourceLocation(string? Function, long FunctionOffset, string? File, int? Line)
{
    /// <summary>File name without its folders, whichever separator the compiler wrote.</summary>
    public string? ShortFile => File is null ? null : ShortName(File);

    /// <summary><c>Function+0x1c</c>, the bare name at its entry, or null without a function.</summary>
    public string? Symbol => Function is null ? null : FunctionOffset switch
    {
        0 => Function,
        > 0 => string.Create(CultureInfo.InvariantCulture, $"{Function}+0x{FunctionOffset:x}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Function}-0x{-FunctionOffset:x}"),
    };

    /// <summary>The last component of a path written on any system.</summary>
    public static string ShortName(string path) => path[(path.LastIndexOfAny(['\\', '/']) + 1)..];
}

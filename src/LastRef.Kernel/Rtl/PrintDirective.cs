namespace LastRef.Kernel;

/// <summary>One conversion of a format string: <c>%[flags][width][.precision][size]type</c>.</summary>
/// <param name="Conversion">The type letter; zero when the format ends within the conversion.</param>
/// <param name="Precision">Negative when none is given.</param>
internal readonly record struct PrintDirective(
    char Conversion, PrintSize Size, int Width, int Precision, bool Left, bool Plus, bool Space, bool Alternate, bool Zero)
{
    /// <summary>A field cannot be longer than what any buffer of a driver takes; larger widths are cut here.</summary>
    private const int WidestField = 0x10_0000;

    public int IntegerBytes => Size switch { PrintSize.Byte => 1, PrintSize.Short => 2, PrintSize.Quad => 8, _ => 4 };

    /// <summary>Whether a character or string argument is UTF-16: the capital letters mean the other width than the function's.</summary>
    public bool IsWide(bool wideFunction) => Size switch
    {
        PrintSize.Long or PrintSize.Wide => true,
        PrintSize.Short or PrintSize.Byte => false,
        _ => Conversion is 'S' or 'C' ? !wideFunction : wideFunction,
    };

    /// <summary>Reads the conversion at a percent sign and moves behind it; <c>*</c> takes an argument.</summary>
    public static PrintDirective Parse(string format, ref int at, ref VarArgs arguments)
    {
        at++;
        bool left = false, plus = false, space = false, alternate = false, zero = false;
        for (; at < format.Length; at++)
        {
            if (format[at] == '-')
                left = true;
            else if (format[at] == '+')
                plus = true;
            else if (format[at] == ' ')
                space = true;
            else if (format[at] == '#')
                alternate = true;
            else if (format[at] == '0')
                zero = true;
            else
                break;
        }

        var width = ParseNumber(format, ref at, ref arguments) ?? 0;
        if (width < 0)
            (left, width) = (true, -width);
        var precision = -1;
        if (at < format.Length && format[at] == '.')
        {
            at++;
            precision = ParseNumber(format, ref at, ref arguments) ?? 0;
        }

        var size = ParseSize(format, ref at);
        var conversion = at < format.Length ? format[at++] : '\0';
        return new PrintDirective(conversion, size, width, precision, left, plus, space, alternate, zero);
    }

    private static int? ParseNumber(string format, ref int at, ref VarArgs arguments)
    {
        if (at < format.Length && format[at] == '*')
        {
            at++;
            return Math.Clamp(unchecked((int)arguments.Next()), -WidestField, WidestField);
        }

        int? number = null;
        for (; at < format.Length && char.IsAsciiDigit(format[at]); at++)
            number = Math.Min(((number ?? 0) * 10) + (format[at] - '0'), WidestField);
        return number;
    }

    private static PrintSize ParseSize(string format, ref int at)
    {
        var rest = format.AsSpan(at);
        (string Prefix, PrintSize Size)[] prefixes =
        [
            ("I64", PrintSize.Quad), ("I32", PrintSize.Dword), ("I", PrintSize.Quad), ("ll", PrintSize.Quad), ("l", PrintSize.Long),
            ("hh", PrintSize.Byte), ("h", PrintSize.Short), ("w", PrintSize.Wide), ("z", PrintSize.Quad), ("t", PrintSize.Quad), ("j", PrintSize.Quad),
        ];
        foreach (var (prefix, size) in prefixes)
        {
            if (!rest.StartsWith(prefix, StringComparison.Ordinal))
                continue;
            at += prefix.Length;
            return size;
        }

        return PrintSize.None;
    }
}

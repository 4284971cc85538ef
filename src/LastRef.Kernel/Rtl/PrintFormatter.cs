using System.Globalization;
using System.Text;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The printf family: expands a format with the arguments of a call.</summary>
/// <param name="wide">The format and the result are UTF-16; else both are bytes, held here as characters of the same value.</param>
/// <param name="lenient">Say what cannot be printed instead of faulting or stopping: for text that Windows would not have formatted at all.</param>
/// <remarks>Doc: "Format specification syntax: printf and wprintf functions", C run-time reference; DbgPrint, WDK reference.</remarks>
internal sealed class PrintFormatter(NtKernel kernel, bool wide, bool lenient = false)
{
    private readonly CallerMemory _caller = new(kernel);
    private readonly StringBuilder _text = new();

    public string Format(VirtualAddress format, VarArgs arguments)
    {
        string source;
        try
        {
            source = _caller.ReadText(format, wide);
        }
        catch (GuestRaisedException) when (lenient)
        {
            return $"<no format at {format}>";
        }

        for (var i = 0; i < source.Length;)
        {
            if (source[i] != '%')
            {
                _text.Append(source[i++]);
                continue;
            }

            var directive = PrintDirective.Parse(source, ref i, ref arguments);
            try
            {
                Expand(directive, ref arguments);
            }
            catch (GuestRaisedException fault) when (lenient)
            {
                _text.Append(CultureInfo.InvariantCulture, $"<no text at {new VirtualAddress(fault.Parameters[1])}>");
            }
        }

        return _text.ToString();
    }

    private void Expand(PrintDirective directive, ref VarArgs arguments)
    {
        switch (directive.Conversion)
        {
            case '%':
                _text.Append('%');
                break;
            case 'd' or 'i':
                Number(directive, SignExtend(arguments.Next(), directive.IntegerBytes), 10);
                break;
            case 'u':
                Number(directive, Truncate(arguments.Next(), directive.IntegerBytes), 10);
                break;
            case 'x' or 'X':
                Number(directive, Truncate(arguments.Next(), directive.IntegerBytes), 16);
                break;
            case 'o':
                Number(directive, Truncate(arguments.Next(), directive.IntegerBytes), 8);
                break;
            case 'p':
                Number(directive with { Conversion = 'X', Precision = 16, Alternate = false, Plus = false, Space = false }, arguments.Next(), 16);
                break;
            case 'c' or 'C':
                Pad(directive, Character(directive, (char)(ushort)arguments.Next()), zeros: false);
                break;
            case 's' or 'S':
                Pad(directive, Text(directive, new VirtualAddress(arguments.Next())), zeros: false);
                break;
            case 'Z':
                Pad(directive, Counted(directive, new VirtualAddress(arguments.Next())), zeros: false);
                break;
            case '\0':
                break;
            default:
                Unsupported(directive, ref arguments);
                break;
        }
    }

    /// <summary>Floating point and %n, which the kernel's library does not take (Doc: DbgPrint), and letters that mean nothing.</summary>
    private void Unsupported(PrintDirective directive, ref VarArgs arguments)
    {
        if (!lenient)
            throw MachineStopException.Unsupported(UnsupportedKind.Case, $"the conversion %{directive.Conversion} in a format string");
        arguments.Next();
        _text.Append('%').Append(directive.Conversion);
    }

    private void Number(PrintDirective directive, Int128 value, int radix)
    {
        var digits = Digits((UInt128)Int128.Abs(value), radix, directive.Conversion == 'X');
        if (directive.Precision == 0 && value == 0)
            digits = "";
        if (directive.Precision > digits.Length)
            digits = digits.PadLeft(directive.Precision, '0');
        var sign = value < 0 ? "-" : "";
        if (directive.Conversion is 'd' or 'i' && value >= 0)
            sign = directive.Plus ? "+" : directive.Space ? " " : "";
        if (directive.Alternate && radix == 16 && value != 0)
            sign = directive.Conversion == 'x' ? "0x" : "0X";
        if (directive.Alternate && radix == 8 && !digits.StartsWith('0'))
            digits = "0" + digits;
        if (directive.Zero && !directive.Left && directive.Precision < 0)
            digits = digits.PadLeft(Math.Max(directive.Width - sign.Length, 0), '0');
        Pad(directive, sign + digits, zeros: false);
    }

    private static string Digits(UInt128 value, int radix, bool upper)
    {
        var digits = new StringBuilder();
        do
        {
            digits.Insert(0, (upper ? "0123456789ABCDEF" : "0123456789abcdef")[(int)(value % (uint)radix)]);
            value /= (uint)radix;
        }
        while (value != 0);
        return digits.ToString();
    }

    private string Character(PrintDirective directive, char value)
    {
        var isWide = directive.IsWide(wide);
        return Convert(isWide ? value.ToString() : ((char)(byte)value).ToString(), isWide);
    }

    private string Text(PrintDirective directive, VirtualAddress address)
    {
        if (address.IsNull)
            return Cut(directive, "(null)");
        var isWide = directive.IsWide(wide);
        var limit = directive.Precision < 0 ? ulong.MaxValue : (ulong)directive.Precision;
        return Convert(_caller.ReadText(address, isWide, limit), isWide);
    }

    /// <summary>An ANSI_STRING, or with a prefix a UNICODE_STRING, whatever the function's own width.</summary>
    private string Counted(PrintDirective directive, VirtualAddress address)
    {
        var isWide = directive.Size is PrintSize.Wide or PrintSize.Long;
        if (address.IsNull)
            return Cut(directive, "(null)");
        Span<byte> header = stackalloc byte[16];
        _caller.Read(address, header);
        var buffer = new VirtualAddress(BitConverter.ToUInt64(header[8..]));
        if (buffer.IsNull)
            return Cut(directive, "(null)");
        var length = BitConverter.ToUInt16(header) / (isWide ? 2 : 1);
        if (directive.Precision >= 0)
            length = Math.Min(length, directive.Precision);
        return Convert(_caller.ReadBlock(buffer, length, isWide), isWide);
    }

    private static string Cut(PrintDirective directive, string text) =>
        directive.Precision >= 0 && directive.Precision < text.Length ? text[..directive.Precision] : text;

    /// <summary>Text of an argument in the width of the result; what is recorded only keeps its characters.</summary>
    private string Convert(string text, bool isWide) =>
        isWide == wide ? lenient && !wide ? CodePage.Ansi.Decode(text) : text
        : isWide ? lenient ? text : CodePage.Ansi.Encode(text)
        : CodePage.Ansi.Decode(text);

    private void Pad(PrintDirective directive, string text, bool zeros)
    {
        var fill = Math.Max(directive.Width - text.Length, 0);
        if (!directive.Left)
            _text.Append(zeros ? '0' : ' ', fill);
        _text.Append(text);
        if (directive.Left)
            _text.Append(' ', fill);
    }

    private static Int128 SignExtend(ulong value, int bytes) => bytes switch
    {
        1 => unchecked((sbyte)value),
        2 => unchecked((short)value),
        4 => unchecked((int)value),
        _ => unchecked((long)value),
    };

    private static Int128 Truncate(ulong value, int bytes) => bytes == 8 ? value : value & ((1UL << (8 * bytes)) - 1);
}

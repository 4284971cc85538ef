using System.Text;

namespace LastRef.Kernel;

/// <summary>Numbers from text and text from numbers, and the pseudo-random sequence.</summary>
internal sealed partial class CRuntime
{
    /// <summary>State of rand; every machine begins the documented sequence of seed 1.</summary>
    private uint _random = 1;

    [KernelExport("ntoskrnl.exe", Doc = "atoi, C run-time reference")]
    internal int atoi(VirtualAddress text) => unchecked((int)ParseDecimal(text, wide: false));

    [KernelExport("ntoskrnl.exe", Doc = "atol, C run-time reference")]
    internal int atol(VirtualAddress text) => unchecked((int)ParseDecimal(text, wide: false));

    [KernelExport("ntoskrnl.exe", Doc = "_wtoi, C run-time reference")]
    internal int _wtoi(VirtualAddress text) => unchecked((int)ParseDecimal(text, wide: true));

    [KernelExport("ntoskrnl.exe", Doc = "_wtol, C run-time reference")]
    internal int _wtol(VirtualAddress text) => unchecked((int)ParseDecimal(text, wide: true));

    [KernelExport("ntoskrnl.exe", Doc = "wcstoul, C run-time reference")]
    internal uint wcstoul(VirtualAddress text, Out<VirtualAddress> end, int radix)
    {
        var (value, isNegative, overflows) = Parse(text, end, radix, uint.MaxValue, wide: true);
        return overflows ? uint.MaxValue : unchecked((uint)(isNegative ? 0 - value : value));
    }

    [KernelExport("ntoskrnl.exe", Doc = "_strtoui64, C run-time reference")]
    internal ulong _strtoui64(VirtualAddress text, Out<VirtualAddress> end, int radix)
    {
        var (value, isNegative, overflows) = Parse(text, end, radix, ulong.MaxValue, wide: false);
        return overflows ? ulong.MaxValue : unchecked(isNegative ? 0 - value : value);
    }

    [KernelExport("ntoskrnl.exe", Doc = "_itoa, C run-time reference")]
    internal VirtualAddress _itoa(int value, VirtualAddress buffer, int radix) => WriteNumber(value, buffer, radix, wide: false);

    [KernelExport("ntoskrnl.exe", Doc = "_itoa, _itow, C run-time reference")]
    internal VirtualAddress _itow(int value, VirtualAddress buffer, int radix) => WriteNumber(value, buffer, radix, wide: true);

    [KernelExport("ntoskrnl.exe", Doc = "_itoa_s, C run-time reference")]
    internal int _itoa_s(int value, VirtualAddress buffer, ulong size, int radix) => WriteNumber(value, buffer, size, radix, wide: false);

    [KernelExport("ntoskrnl.exe", Doc = "_itoa_s, _itow_s, C run-time reference")]
    internal int _itow_s(int value, VirtualAddress buffer, ulong size, int radix) => WriteNumber(value, buffer, size, radix, wide: true);

    [KernelExport("ntoskrnl.exe", Doc = "rand, C run-time reference: deterministic, from seed 1")]
    internal int rand()
    {
        _random = unchecked((_random * 214013) + 2531011);
        return (int)((_random >> 16) & 0x7FFF);
    }

    [KernelExport("ntoskrnl.exe", Doc = "srand, C run-time reference")]
    internal void srand(uint seed) => _random = seed;

    private long ParseDecimal(VirtualAddress text, bool wide)
    {
        var reader = new UnitReader(Caller, text, wide);
        var unit = reader.Next();
        while (unit is ' ' or >= '\t' and <= '\r')
            unit = reader.Next();
        var negative = unit == '-';
        if (unit is '-' or '+')
            unit = reader.Next();
        long value = 0;
        for (; char.IsAsciiDigit(unit); unit = reader.Next())
            value = unchecked((value * 10) + (unit - '0'));
        return negative ? unchecked(-value) : value;
    }

    private (ulong Value, bool IsNegative, bool Overflows) Parse(VirtualAddress text, Out<VirtualAddress> end, int radix, ulong limit, bool wide)
    {
        // An unbounded string is read up to its first unit that cannot belong to a number.
        var source = ReadNumberText(text, wide);
        var at = 0;
        while (source[at] is ' ' or >= '\t' and <= '\r')
            at++;
        var isNegative = source[at] == '-';
        if (source[at] is '-' or '+')
            at++;
        var prefixed = source[at] == '0' && at + 2 < source.Length && source[at + 1] is 'x' or 'X' && DigitValue(source[at + 2]) < 16;
        if (radix == 0)
            radix = prefixed ? 16 : source[at] == '0' ? 8 : 10;
        if (radix == 16 && prefixed)
            at += 2;
        UInt128 value = 0;
        var digits = 0;
        for (; at < source.Length && DigitValue(source[at]) < radix; at++, digits++)
            value = value > limit ? value : (value * (uint)radix) + (uint)DigitValue(source[at]);
        end.SetIfGiven(_kernel.Memory, digits == 0 ? text : text + ((ulong)at * UnitBytes(wide)));
        return ((ulong)value, isNegative, value > limit);
    }

    private string ReadNumberText(VirtualAddress text, bool wide)
    {
        var reader = new UnitReader(Caller, text, wide);
        var source = new StringBuilder();
        char unit;
        do
        {
            unit = reader.Next();
            source.Append(unit);
        }
        while (char.IsAsciiLetterOrDigit(unit) || unit is ' ' or '+' or '-' or >= '\t' and <= '\r');
        return source.ToString();
    }

    private static int DigitValue(char unit) => unit switch
    {
        >= '0' and <= '9' => unit - '0',
        >= 'a' and <= 'z' => unit - 'a' + 10,
        >= 'A' and <= 'Z' => unit - 'A' + 10,
        _ => int.MaxValue,
    };

    private VirtualAddress WriteNumber(int value, VirtualAddress buffer, int radix, bool wide)
    {
        Caller.WriteText(buffer, NumberText(value, radix) + '\0', wide);
        return buffer;
    }

    private int WriteNumber(int value, VirtualAddress buffer, ulong size, int radix, bool wide)
    {
        if (buffer.IsNull || size == 0)
            return InvalidArgument;
        var text = radix is < 2 or > 36 ? null : NumberText(value, radix);
        if (text is null || (ulong)text.Length >= size)
        {
            MakeEmpty(buffer, wide);
            return text is null ? InvalidArgument : OutOfRange;
        }

        Caller.WriteText(buffer, text + '\0', wide);
        return 0;
    }

    /// <summary>Only radix 10 has a sign; other radixes print the bits.</summary>
    private static string NumberText(int value, int radix)
    {
        var isNegative = radix == 10 && value < 0;
        var rest = isNegative ? (ulong)-(long)value : unchecked((uint)value);
        var text = new StringBuilder();
        do
        {
            text.Insert(0, "0123456789abcdefghijklmnopqrstuvwxyz"[(int)(rest % (uint)radix)]);
            rest /= (uint)radix;
        }
        while (rest != 0);
        return (isNegative ? "-" : "") + text;
    }
}

namespace LastRef.Kernel;

/// <summary>A single-byte code page: the machine's ANSI code page is 1252, its OEM code page 437, as on an English Windows.</summary>
/// <remarks>Fact: "Code Page 1252" and "Code Page 437", Windows code page tables; bytes that 1252 leaves open map to the C1 control of their value.</remarks>
internal sealed class CodePage
{
    private readonly string _upperHalf;

    private CodePage(int number, string upperHalf)
    {
        Invariant.Check(upperHalf.Length == 128, $"Code page {number} does not have 128 characters in its upper half.");
        Number = number;
        _upperHalf = upperHalf;
    }

    public static CodePage Ansi { get; } = new(1252,
        "€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008DŽ\u008F\u0090‘’“”•–—˜™š›œ\u009DžŸ" + string.Concat(Enumerable.Range(0xA0, 96).Select(static c => (char)c)));

    public static CodePage Oem { get; } = new(437,
        "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00A0");

    public int Number { get; }

    public char ToUnicode(byte value) => value < 0x80 ? (char)value : _upperHalf[value - 0x80];

    /// <summary>The byte of a character; a question mark for a character that no code page of one byte resembles.</summary>
    /// <exception cref="MachineStopException">Windows may have a similar character for it ("best fit"), and its table is not modelled.</exception>
    public byte FromUnicode(char value)
    {
        if (value < 0x80)
            return (byte)value;
        var index = _upperHalf.IndexOf(value, StringComparison.Ordinal);
        if (index >= 0)
            return (byte)(0x80 + index);
        if (value is >= '\u2E80' and < '\uFF00')
            return (byte)'?';
        throw MachineStopException.Unsupported(
            UnsupportedKind.Case, $"conversion of U+{(int)value:X4} to code page {Number}, where Windows puts a similar character");
    }

    /// <summary>Text of bytes that are held as characters of the same value.</summary>
    public string Decode(string bytes) => string.Concat(bytes.Select(b => ToUnicode((byte)b)));

    /// <summary>Bytes, held as characters of the same value, of a text.</summary>
    public string Encode(string text) => string.Concat(text.Select(c => (char)FromUnicode(c)));
}

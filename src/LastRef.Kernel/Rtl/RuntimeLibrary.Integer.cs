using System.Buffers.Binary;
using System.Text;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Numbers and their text; byte order; pseudo-random numbers.</summary>
internal sealed partial class RuntimeLibrary
{
    /// <summary>Reads white space, a sign, a prefix (without a given base) and digits, up to what is no digit.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlUnicodeStringToInteger, WDK reference")]
    internal NtStatus RtlUnicodeStringToInteger(UnicodeString text, uint numberBase, Out<uint> value) => ParseInteger(ReadUnicode(text), numberBase, value);

    [KernelExport("ntoskrnl.exe", Doc = "RtlCharToInteger, ntifs.h")]
    internal NtStatus RtlCharToInteger(VirtualAddress text, uint numberBase, Out<uint> value) =>
        ParseInteger(Caller.ReadText(text, wide: false), numberBase, value);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlIntegerToUnicodeString, WDK reference")]
    internal NtStatus RtlIntegerToUnicodeString(uint value, uint numberBase, UnicodeString text) => WriteInteger(value, numberBase, text);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlInt64ToUnicodeString, WDK reference")]
    internal NtStatus RtlInt64ToUnicodeString(ulong value, uint numberBase, UnicodeString text) => WriteInteger(value, numberBase, text);

    [KernelExport("ntoskrnl.exe", Doc = "RtlUshortByteSwap, WDK reference")]
    internal ushort RtlUshortByteSwap(ushort source) => BinaryPrimitives.ReverseEndianness(source);

    [KernelExport("ntoskrnl.exe", Doc = "RtlUlongByteSwap, WDK reference")]
    internal uint RtlUlongByteSwap(uint source) => BinaryPrimitives.ReverseEndianness(source);

    [KernelExport("ntoskrnl.exe", Doc = "RtlUlonglongByteSwap, WDK reference")]
    internal ulong RtlUlonglongByteSwap(ulong source) => BinaryPrimitives.ReverseEndianness(source);

    /// <summary>The next number from a seed, below MAXLONG; the sequence is that of RtlUniform, which is documented, so that runs repeat.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "RtlRandomEx, ntddk.h; RtlUniform")]
    [KernelExport("ntoskrnl.exe", Name = "RtlRandom", Doc = "RtlRandom, ntddk.h; RtlUniform")]
    internal uint RtlRandomEx(Out<uint> seed)
    {
        const ulong maximum = 0x7FFF_FFFF;
        var next = (uint)(((seed.Get(Memory) * 0x7FFF_FFEDUL) + 0x7FFF_FFC3) % maximum);
        seed.Set(Memory, next);
        return next;
    }

    private NtStatus ParseInteger(string text, uint numberBase, Out<uint> value)
    {
        var at = 0;
        while (at < text.Length && text[at] <= ' ')
            at++;
        var negative = at < text.Length && text[at] == '-';
        if (at < text.Length && text[at] is '-' or '+')
            at++;
        if (numberBase == 0)
        {
            numberBase = 10;
            if (at + 1 < text.Length && text[at] == '0' && text[at + 1] is 'b' or 'o' or 'x')
            {
                numberBase = text[at + 1] switch { 'b' => 2, 'o' => 8, _ => 16 };
                at += 2;
            }
        }
        else if (numberBase is not (2 or 8 or 10 or 16))
        {
            return NtStatus.InvalidParameter;
        }

        uint result = 0;
        for (; at < text.Length && char.IsAsciiHexDigit(text[at]); at++)
        {
            var digit = (uint)(char.IsAsciiDigit(text[at]) ? text[at] - '0' : (text[at] | 0x20) - 'a' + 10);
            if (digit >= numberBase)
                break;
            result = unchecked((result * numberBase) + digit);
        }

        value.Set(Memory, negative ? unchecked(0 - result) : result);
        return NtStatus.Success;
    }

    private NtStatus WriteInteger(ulong value, uint numberBase, UnicodeString text)
    {
        if (numberBase == 0)
            numberBase = 10;
        if (numberBase is not (2 or 8 or 10 or 16))
            return NtStatus.InvalidParameter;
        var digits = new StringBuilder();
        do
        {
            digits.Insert(0, "0123456789ABCDEF"[(int)(value % numberBase)]);
            value /= numberBase;
        }
        while (value != 0);
        var bytes = digits.Length * 2;
        if (bytes > text.MaximumLength)
            return NtStatus.BufferOverflow;
        Caller.WriteText(text.Buffer, digits.ToString(), wide: true);
        text.SetLength(Memory, (ushort)bytes);
        Terminate(text);
        return NtStatus.Success;
    }
}

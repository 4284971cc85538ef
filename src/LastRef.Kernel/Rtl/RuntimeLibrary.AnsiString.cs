using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Counted strings of bytes.</summary>
internal sealed partial class RuntimeLibrary
{
    [KernelExport("ntoskrnl.exe", Doc = "RtlInitAnsiString, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "RtlInitString", Doc = "RtlInitString, WDK reference")]
    internal void RtlInitAnsiString(AnsiString destinationString, VirtualAddress sourceString)
    {
        var bytes = Math.Min(sourceString.IsNull ? 0 : CountUnits(sourceString, wide: false), 0xFFFE);
        WriteHeader(destinationString.Address, (ushort)bytes, sourceString.IsNull ? (ushort)0 : (ushort)(bytes + 1), sourceString);
    }

    [KernelExport("ntoskrnl.exe", Doc = "RtlInitAnsiStringEx, ntifs.h")]
    internal NtStatus RtlInitAnsiStringEx(AnsiString destinationString, VirtualAddress sourceString)
    {
        if (!sourceString.IsNull && CountUnits(sourceString, wide: false) > 0xFFFE)
            return NtStatus.NameTooLong;
        RtlInitAnsiString(destinationString, sourceString);
        return NtStatus.Success;
    }

    /// <summary>Copies what fits, without a terminator.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "RtlCopyString, WDK reference")]
    internal void RtlCopyString(AnsiString destinationString, AnsiString? sourceString)
    {
        var count = sourceString is { } source ? Math.Min(source.Length, destinationString.MaximumLength) : (ushort)0;
        if (count > 0)
            Caller.Move(destinationString.Buffer, sourceString!.Value.Buffer, count);
        destinationString.SetLength(Memory, count);
    }

    [KernelExport("ntoskrnl.exe", Doc = "RtlAppendStringToString, ntifs.h")]
    internal NtStatus RtlAppendStringToString(AnsiString destination, AnsiString source)
    {
        if (destination.Length + source.Length > destination.MaximumLength)
            return NtStatus.BufferTooSmall;
        Caller.Move(destination.Buffer + destination.Length, source.Buffer, source.Length);
        destination.SetLength(Memory, (ushort)(destination.Length + source.Length));
        return NtStatus.Success;
    }

    /// <returns>Difference of the first bytes that differ, else of the lengths.</returns>
    [KernelExport("ntoskrnl.exe", Doc = "RtlCompareString, WDK reference")]
    internal int RtlCompareString(AnsiString string1, AnsiString string2, NtBoolean caseInSensitive) =>
        Compare(ReadBytes(string1, caseInSensitive), ReadBytes(string2, caseInSensitive), bytesPerCharacter: 1);

    [KernelExport("ntoskrnl.exe", Doc = "RtlEqualString, WDK reference")]
    internal NtBoolean RtlEqualString(AnsiString string1, AnsiString string2, NtBoolean caseInSensitive) =>
        string1.Length == string2.Length && ReadBytes(string1, caseInSensitive) == ReadBytes(string2, caseInSensitive);

    [KernelExport("ntoskrnl.exe", Doc = "RtlPrefixString, ntifs.h")]
    internal NtBoolean RtlPrefixString(AnsiString string1, AnsiString string2, NtBoolean caseInSensitive) =>
        string1.Length <= string2.Length
        && ReadBytes(string2, caseInSensitive).StartsWith(ReadBytes(string1, caseInSensitive), StringComparison.Ordinal);

    [KernelExport("ntoskrnl.exe", Doc = "RtlUpperChar, WDK reference", Missing = "bytes outside ASCII whose capital has no byte")]
    internal byte RtlUpperChar(byte character) =>
        CodePage.Ansi.FromUnicode(char.ToUpperInvariant(CodePage.Ansi.ToUnicode(character)));

    [KernelExport("ntoskrnl.exe", Doc = "RtlUpperString, WDK reference", Missing = "bytes outside ASCII whose capital has no byte")]
    internal void RtlUpperString(AnsiString destinationString, AnsiString sourceString)
    {
        var count = Math.Min(sourceString.Length, destinationString.MaximumLength);
        var text = string.Concat(Caller.ReadBlock(sourceString.Buffer, count, wide: false).Select(b => (char)RtlUpperChar((byte)b)));
        Caller.WriteText(destinationString.Buffer, text, wide: false);
        destinationString.SetLength(Memory, count);
    }

    /// <summary>Frees a buffer that the library allocated, and clears the structure.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Apc, Doc = "RtlFreeAnsiString, WDK reference")]
    [KernelExport("ntoskrnl.exe", Name = "RtlFreeOemString", MaxIrql = Irql.Apc, Doc = "RtlFreeOemString, ntifs.h")]
    internal void RtlFreeAnsiString(AnsiString ansiString)
    {
        if (ansiString.Buffer.IsNull)
            return;
        _kernel.Ex.ExFreePoolWithTag(ansiString.Buffer, 0);
        WriteHeader(ansiString.Address, 0, 0, VirtualAddress.Null);
    }

    private string ReadBytes(AnsiString text, bool fold)
    {
        var bytes = Caller.ReadBlock(text.Buffer, text.Length, wide: false);
        return fold ? string.Concat(bytes.Select(b => (char)RtlUpperChar((byte)b))) : bytes;
    }
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Counted UTF-16 strings: comparing, hashing and changing case.</summary>
/// <remarks>Case is folded character by character, without context (Doc: RtlUpcaseUnicodeChar).</remarks>
internal sealed partial class RuntimeLibrary
{
    [KernelExport("ntoskrnl.exe", Doc = "RtlUpcaseUnicodeChar, ntifs.h")]
    internal ushort RtlUpcaseUnicodeChar(ushort sourceCharacter) => char.ToUpperInvariant((char)sourceCharacter);

    [KernelExport("ntoskrnl.exe", Doc = "RtlDowncaseUnicodeChar, ntifs.h")]
    internal ushort RtlDowncaseUnicodeChar(ushort sourceCharacter) => char.ToLowerInvariant((char)sourceCharacter);

    /// <returns>Difference of the first characters that differ, else of the lengths in bytes.</returns>
    [KernelExport("ntoskrnl.exe", Doc = "RtlCompareUnicodeString, WDK reference")]
    internal int RtlCompareUnicodeString(UnicodeString string1, UnicodeString string2, NtBoolean caseInSensitive) =>
        Compare(ReadUnicode(string1, caseInSensitive), ReadUnicode(string2, caseInSensitive), bytesPerCharacter: 2);

    [KernelExport("ntoskrnl.exe", Doc = "RtlEqualUnicodeString, WDK reference")]
    internal NtBoolean RtlEqualUnicodeString(UnicodeString string1, UnicodeString string2, NtBoolean caseInSensitive) =>
        string1.Length == string2.Length && ReadUnicode(string1, caseInSensitive) == ReadUnicode(string2, caseInSensitive);

    /// <returns>Whether the first string begins the second.</returns>
    [KernelExport("ntoskrnl.exe", Doc = "RtlPrefixUnicodeString, ntifs.h")]
    internal NtBoolean RtlPrefixUnicodeString(UnicodeString string1, UnicodeString string2, NtBoolean caseInSensitive) =>
        string1.Length <= string2.Length
        && ReadUnicode(string2, caseInSensitive).StartsWith(ReadUnicode(string1, caseInSensitive), StringComparison.Ordinal);

    [KernelExport("ntoskrnl.exe", Doc = "RtlHashUnicodeString, WDK reference: the only algorithm is x65599")]
    internal NtStatus RtlHashUnicodeString(UnicodeString text, NtBoolean caseInSensitive, uint hashAlgorithm, Out<uint> hashValue)
    {
        const uint defaultAlgorithm = 0, x65599 = 1;
        if (hashAlgorithm is not (defaultAlgorithm or x65599) || hashValue.IsNull)
            return NtStatus.InvalidParameter;
        uint hash = 0;
        foreach (var character in ReadUnicode(text, caseInSensitive))
            hash = unchecked((hash * 65599) + character);
        hashValue.Set(Memory, hash);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", Doc = "RtlUpcaseUnicodeString, WDK reference")]
    internal NtStatus RtlUpcaseUnicodeString(UnicodeString destinationString, UnicodeString sourceString, NtBoolean allocateDestinationString) =>
        ChangeCase(destinationString, sourceString, allocateDestinationString, static text => text.ToUpperInvariant());

    [KernelExport("ntoskrnl.exe", Doc = "RtlDowncaseUnicodeString, ntifs.h")]
    internal NtStatus RtlDowncaseUnicodeString(UnicodeString destinationString, UnicodeString sourceString, NtBoolean allocateDestinationString) =>
        ChangeCase(destinationString, sourceString, allocateDestinationString, static text => text.ToLowerInvariant());

    private string ReadUnicode(UnicodeString text, bool fold = false)
    {
        var characters = Caller.ReadBlock(text.Buffer, text.Length / 2, wide: true);
        return fold ? characters.ToUpperInvariant() : characters;
    }

    private static int Compare(string left, string right, int bytesPerCharacter)
    {
        var same = left.AsSpan().CommonPrefixLength(right);
        return same < left.Length && same < right.Length ? left[same] - right[same] : (left.Length - right.Length) * bytesPerCharacter;
    }

    private NtStatus ChangeCase(UnicodeString destination, UnicodeString source, bool allocate, Func<string, string> change)
    {
        var text = change(ReadUnicode(source));
        var bytes = (ushort)(text.Length * 2);
        if (allocate)
        {
            var buffer = AllocateString(bytes);
            if (buffer.IsNull)
                return NtStatus.NoMemory;
            WriteHeader(destination.Address, bytes, bytes, buffer);
        }
        else if (bytes > destination.MaximumLength)
        {
            return NtStatus.BufferOverflow;
        }

        Caller.WriteText(destination.Buffer, text, wide: true);
        destination.SetLength(Memory, bytes);
        return NtStatus.Success;
    }
}

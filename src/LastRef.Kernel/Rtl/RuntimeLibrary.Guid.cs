using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>GUIDs and their text in braces.</summary>
internal sealed partial class RuntimeLibrary
{
    private const int GuidBytes = 16;

    /// <summary>Makes the text in a buffer of its own; the letters are small, as in the names of device interfaces.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlStringFromGUID, WDK reference")]
    internal NtStatus RtlStringFromGUID(VirtualAddress guid, UnicodeString guidString)
    {
        Span<byte> bytes = stackalloc byte[GuidBytes];
        Caller.Read(guid, bytes);
        var text = new Guid(bytes).ToString("B");
        var buffer = AllocateString((ulong)((text.Length + 1) * 2));
        if (buffer.IsNull)
            return NtStatus.NoMemory;
        Caller.WriteText(buffer, text + '\0', wide: true);
        WriteHeader(guidString.Address, (ushort)(text.Length * 2), (ushort)((text.Length + 1) * 2), buffer);
        return NtStatus.Success;
    }

    /// <summary>Reads text in braces; what follows the closing brace is not looked at.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlGUIDFromString, WDK reference")]
    internal NtStatus RtlGUIDFromString(UnicodeString guidString, VirtualAddress guid)
    {
        const int textLength = 38;
        var text = ReadUnicode(guidString);
        if (text.Length < textLength || !Guid.TryParseExact(text[..textLength], "B", out var value))
            return NtStatus.InvalidParameter;
        Span<byte> bytes = stackalloc byte[GuidBytes];
        value.TryWriteBytes(bytes);
        Caller.Write(guid, bytes);
        return NtStatus.Success;
    }
}

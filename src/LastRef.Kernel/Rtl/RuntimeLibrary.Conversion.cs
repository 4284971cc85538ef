using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Between UTF-16 and the machine's code pages, one byte a character.</summary>
internal sealed partial class RuntimeLibrary
{
    private const string NoBestFit = "characters that the code page only resembles";

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlAnsiStringToUnicodeString, WDK reference")]
    internal NtStatus RtlAnsiStringToUnicodeString(UnicodeString destinationString, AnsiString sourceString, NtBoolean allocateDestinationString) =>
        Widen(destinationString, sourceString, allocateDestinationString, CodePage.Ansi);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlOemStringToUnicodeString, ntifs.h")]
    internal NtStatus RtlOemStringToUnicodeString(UnicodeString destinationString, AnsiString sourceString, NtBoolean allocateDestinationString) =>
        Widen(destinationString, sourceString, allocateDestinationString, CodePage.Oem);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlUnicodeStringToAnsiString, WDK reference", Missing = NoBestFit)]
    internal NtStatus RtlUnicodeStringToAnsiString(AnsiString destinationString, UnicodeString sourceString, NtBoolean allocateDestinationString) =>
        Narrow(destinationString, sourceString, allocateDestinationString, CodePage.Ansi);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlUnicodeStringToOemString, ntifs.h", Missing = NoBestFit)]
    internal NtStatus RtlUnicodeStringToOemString(AnsiString destinationString, UnicodeString sourceString, NtBoolean allocateDestinationString) =>
        Narrow(destinationString, sourceString, allocateDestinationString, CodePage.Oem);

    /// <returns>Bytes of the converted string with its terminator.</returns>
    [KernelExport("ntoskrnl.exe", Doc = "RtlxAnsiStringToUnicodeSize, ntddk.h")]
    [KernelExport("ntoskrnl.exe", Name = "RtlxOemStringToUnicodeSize", Doc = "RtlxOemStringToUnicodeSize, ntifs.h")]
    internal uint RtlxAnsiStringToUnicodeSize(AnsiString ansiString) => (ansiString.Length * 2u) + 2;

    [KernelExport("ntoskrnl.exe", Doc = "RtlxUnicodeStringToAnsiSize, ntddk.h")]
    [KernelExport("ntoskrnl.exe", Name = "RtlxUnicodeStringToOemSize", Doc = "RtlxUnicodeStringToOemSize, ntifs.h")]
    internal uint RtlxUnicodeStringToAnsiSize(UnicodeString unicodeString) => (unicodeString.Length / 2u) + 1;

    /// <summary>Converts the byte at a pointer and moves the pointer on.</summary>
    [KernelExport("ntoskrnl.exe", Doc = "RtlAnsiCharToUnicodeChar, ntifs.h")]
    internal ushort RtlAnsiCharToUnicodeChar(Out<VirtualAddress> sourceCharacter)
    {
        var at = sourceCharacter.Get(Memory);
        var character = CodePage.Ansi.ToUnicode(Caller.ReadByte(at));
        sourceCharacter.Set(Memory, at + 1);
        return character;
    }

    /// <summary>Converts what fits; never writes a terminator of its own.</summary>
    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlMultiByteToUnicodeN, ntifs.h")]
    internal NtStatus RtlMultiByteToUnicodeN(
        VirtualAddress unicodeString, uint maxBytesInUnicodeString, Out<uint> bytesInUnicodeString, VirtualAddress multiByteString, uint bytesInMultiByteString) =>
        WidenBlock(unicodeString, maxBytesInUnicodeString, bytesInUnicodeString, multiByteString, bytesInMultiByteString, CodePage.Ansi);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlOemToUnicodeN, ntifs.h")]
    internal NtStatus RtlOemToUnicodeN(
        VirtualAddress unicodeString, uint maxBytesInUnicodeString, Out<uint> bytesInUnicodeString, VirtualAddress oemString, uint bytesInOemString) =>
        WidenBlock(unicodeString, maxBytesInUnicodeString, bytesInUnicodeString, oemString, bytesInOemString, CodePage.Oem);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlUnicodeToMultiByteN, ntifs.h", Missing = NoBestFit)]
    internal NtStatus RtlUnicodeToMultiByteN(
        VirtualAddress multiByteString, uint maxBytesInMultiByteString, Out<uint> bytesInMultiByteString, VirtualAddress unicodeString, uint bytesInUnicodeString) =>
        NarrowBlock(multiByteString, maxBytesInMultiByteString, bytesInMultiByteString, unicodeString, bytesInUnicodeString, CodePage.Ansi);

    [KernelExport("ntoskrnl.exe", MaxIrql = Irql.Passive, Doc = "RtlUnicodeToOemN, ntifs.h", Missing = NoBestFit)]
    internal NtStatus RtlUnicodeToOemN(
        VirtualAddress oemString, uint maxBytesInOemString, Out<uint> bytesInOemString, VirtualAddress unicodeString, uint bytesInUnicodeString) =>
        NarrowBlock(oemString, maxBytesInOemString, bytesInOemString, unicodeString, bytesInUnicodeString, CodePage.Oem);

    [KernelExport("ntoskrnl.exe", Doc = "RtlMultiByteToUnicodeSize, ntifs.h")]
    internal NtStatus RtlMultiByteToUnicodeSize(Out<uint> bytesInUnicodeString, VirtualAddress multiByteString, uint bytesInMultiByteString)
    {
        bytesInUnicodeString.Set(Memory, bytesInMultiByteString * 2);
        return NtStatus.Success;
    }

    [KernelExport("ntoskrnl.exe", Doc = "RtlUnicodeToMultiByteSize, ntifs.h")]
    internal NtStatus RtlUnicodeToMultiByteSize(Out<uint> bytesInMultiByteString, VirtualAddress unicodeString, uint bytesInUnicodeString)
    {
        bytesInMultiByteString.Set(Memory, bytesInUnicodeString / 2);
        return NtStatus.Success;
    }

    private NtStatus Widen(UnicodeString destination, AnsiString source, bool allocate, CodePage page)
    {
        var size = (source.Length * 2) + 2;
        if (size > 0xFFFF)
            return NtStatus.InvalidParameter2;
        if (allocate)
        {
            var buffer = AllocateString((ulong)size);
            if (buffer.IsNull)
                return NtStatus.NoMemory;
            WriteHeader(destination.Address, 0, (ushort)size, buffer);
        }
        else if (size > destination.MaximumLength)
        {
            return NtStatus.BufferOverflow;
        }

        var text = page.Decode(Caller.ReadBlock(source.Buffer, source.Length, wide: false));
        Caller.WriteText(destination.Buffer, text + '\0', wide: true);
        destination.SetLength(Memory, (ushort)(size - 2));
        return NtStatus.Success;
    }

    /// <summary>A buffer that is too small gets what fits, with a terminator, and the status says so.</summary>
    private NtStatus Narrow(AnsiString destination, UnicodeString source, bool allocate, CodePage page)
    {
        var text = page.Encode(ReadUnicode(source));
        var status = NtStatus.Success;
        if (allocate)
        {
            var buffer = AllocateString((ulong)text.Length + 1);
            if (buffer.IsNull)
                return NtStatus.NoMemory;
            WriteHeader(destination.Address, 0, (ushort)(text.Length + 1), buffer);
        }
        else if (text.Length >= destination.MaximumLength)
        {
            if (destination.MaximumLength == 0)
                return NtStatus.BufferOverflow;
            text = text[..(destination.MaximumLength - 1)];
            status = NtStatus.BufferOverflow;
        }

        Caller.WriteText(destination.Buffer, text + '\0', wide: false);
        destination.SetLength(Memory, (ushort)text.Length);
        return status;
    }

    /// <summary>What does not fit is left out; only the OEM forms are documented to say so (wdk-ddi ntifs).</summary>
    private NtStatus WidenBlock(VirtualAddress destination, uint room, Out<uint> used, VirtualAddress source, uint bytes, CodePage page)
    {
        var count = (int)Math.Min(bytes, room / 2);
        Caller.WriteText(destination, page.Decode(Caller.ReadBlock(source, count, wide: false)), wide: true);
        used.SetIfGiven(Memory, (uint)count * 2);
        return bytes > room / 2 && page == CodePage.Oem ? NtStatus.BufferOverflow : NtStatus.Success;
    }

    private NtStatus NarrowBlock(VirtualAddress destination, uint room, Out<uint> used, VirtualAddress source, uint bytes, CodePage page)
    {
        var count = (int)Math.Min(bytes / 2, room);
        Caller.WriteText(destination, page.Encode(Caller.ReadBlock(source, count, wide: true)), wide: false);
        used.SetIfGiven(Memory, (uint)count);
        return bytes / 2 > room && page == CodePage.Oem ? NtStatus.BufferOverflow : NtStatus.Success;
    }
}

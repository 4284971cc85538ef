using System.Buffers.Binary;

namespace LastRef.Tests;

/// <summary>The smallest driver image: its entry point jumps to an address that the test gives.</summary>
internal static class TestImage
{
    private const int HeaderBytes = 0x400;
    private const uint TextRva = 0x1000;
    private const ushort WdmDriver = 0x2000;
    private const uint FileAlignment = 0x200;
    private const ushort ForceIntegrity = 0x80;

    /// <summary>Where in the image nothing lies but room for code.</summary>
    public const uint FreeRva = TextRva + 0x20;

    /// <param name="entry">Where the entry point leads.</param>
    /// <param name="isWdm">Whether the image is marked as a WDM driver (U-2.9).</param>
    /// <param name="isSigned">Whether it was linked with /INTEGRITYCHECK, which some registrations ask for.</param>
    /// <param name="isPacked">Whether the sections are aligned as in the file, so that the code is in the first page with the headers.</param>
    public static byte[] Build(VirtualAddress entry, bool isWdm, bool isSigned = false, bool isPacked = false)
    {
        var textRva = isPacked ? HeaderBytes : TextRva;
        var file = new byte[HeaderBytes + 0x200];
        var span = file.AsSpan();
        "MZ"u8.CopyTo(span);
        BinaryPrimitives.WriteUInt32LittleEndian(span[0x3C..], 0x80);
        var nt = span[0x80..];
        "PE"u8.CopyTo(nt);
        BinaryPrimitives.WriteUInt16LittleEndian(nt[4..], 0x8664);
        BinaryPrimitives.WriteUInt16LittleEndian(nt[6..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(nt[20..], 240);
        BinaryPrimitives.WriteUInt16LittleEndian(nt[22..], 0x22);
        WriteOptionalHeader(nt[24..], textRva, isPacked ? FileAlignment : 0x1000, (ushort)((isWdm ? WdmDriver : 0) | (isSigned ? ForceIntegrity : 0)));
        var section = nt[(24 + 240)..];
        ".text"u8.CopyTo(section);
        BinaryPrimitives.WriteUInt32LittleEndian(section[8..], 0x200);
        BinaryPrimitives.WriteUInt32LittleEndian(section[12..], textRva);
        BinaryPrimitives.WriteUInt32LittleEndian(section[16..], 0x200);
        BinaryPrimitives.WriteUInt32LittleEndian(section[20..], HeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(section[36..], 0x6800_0020);

        // mov rax, entry; jmp rax
        var code = span[HeaderBytes..];
        code[0] = 0x48;
        code[1] = 0xB8;
        BinaryPrimitives.WriteUInt64LittleEndian(code[2..], entry.Value);
        code[10] = 0xFF;
        code[11] = 0xE0;
        return file;
    }

    private static void WriteOptionalHeader(Span<byte> optional, uint textRva, uint sectionAlignment, ushort characteristics)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(optional, 0x20B);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[4..], 0x200);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[16..], textRva);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[20..], textRva);
        BinaryPrimitives.WriteUInt64LittleEndian(optional[24..], 0x1_4000_0000);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[32..], sectionAlignment);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[36..], FileAlignment);
        BinaryPrimitives.WriteUInt16LittleEndian(optional[40..], 10);
        BinaryPrimitives.WriteUInt16LittleEndian(optional[48..], 10);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[56..], 0x2000);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[60..], HeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(optional[68..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(optional[70..], characteristics);
        BinaryPrimitives.WriteUInt32LittleEndian(optional[108..], 16);
    }
}

using System.Buffers.Binary;

namespace LastRef.Dumps;

/// <summary>Opens kernel dumps and raw images of x64 Windows.</summary>
/// <remarks>Spec: dump-format 1.1. What is no such file is refused in one line that says what was seen.</remarks>
public static class DumpFile
{
    /// <summary>Opens a file.</summary>
    /// <exception cref="InputException">Not a dump that LastRef reads; one line says why.</exception>
    public static Dump Open(string path, DumpOptions? options = null)
    {
        var file = new FileBytes(path);
        try
        {
            return Open(file, path, options);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens bytes from anywhere; the dump owns them from then on.</summary>
    /// <param name="name">The name to show.</param>
    /// <exception cref="InputException">Not a dump that LastRef reads; one line says why. The bytes are then still the caller's.</exception>
    public static Dump Open(IDumpBytes bytes, string name, DumpOptions? options = null)
    {
        options ??= DumpOptions.Default;
        name = Symbols.PrintableText.Of(name);
        var cache = new BlockCache(bytes, options.Limits.CacheBytes);
        var head = new byte[Math.Min(DumpHeader.Bytes, bytes.Length)];
        if (!cache.TryRead(0, head) || head.Length < 8)
            throw new InputException($"{name}: no dump: {bytes.Length} bytes");
        Refuse(head, name);
        if (!head.AsSpan().StartsWith("PAGEDU64"u8))
            return OpenRaw(bytes, cache, name, options);
        if (head.Length < DumpHeader.Bytes)
            throw new InputException($"{name}: cut short inside the dump header: 0x{bytes.Length:x} bytes");

        var header = new DumpHeader(head);
        if (header.MachineImageType != 0x8664)
        {
            throw new InputException(header.MachineImageType switch
            {
                0xAA64 => $"{name}: a dump of an ARM64 machine; LastRef reads x64 only",
                0x14C => $"{name}: a dump of a 32-bit x86 machine; LastRef reads x64 only",
                0x200 => $"{name}: a dump of an Itanium machine; LastRef reads x64 only",
                var machine => $"{name}: a dump of machine type 0x{machine:x}; LastRef reads x64 only",
            });
        }

        if (header.IsEncrypted)
            throw new InputException($"{name}: an encrypted dump: decrypt it first, with the key that the machine's dump encryption was set up for");
        var notes = new List<string>();
        if (header.DumpType == 4)
            return new Dump(bytes, name, header, TriageDump.Read(cache, name, options.Limits, notes), notes, options);
        var (kind, memory) = new PageDescriptions(cache, name, header, options.Limits, notes).Read();
        return new Dump(bytes, name, kind, header, memory, notes, options);
    }

    private static Dump OpenRaw(IDumpBytes bytes, BlockCache cache, string name, DumpOptions options)
    {
        // Physical memory starts with whole pages; anything much smaller is some other file.
        if (bytes.Length < 1 << 20 || (bytes.Length & 0xFFF) != 0)
        {
            throw new InputException(
                $"{name}: neither a kernel dump (PAGEDU64) nor a raw image of physical memory (at least 1 MB, whole pages): {bytes.Length} bytes");
        }

        return new Dump(bytes, name, DumpKind.Raw, null, new RawMemory(cache), [], options);
    }

    private static void Refuse(ReadOnlySpan<byte> head, string name)
    {
        var magic = BinaryPrimitives.ReadUInt64BigEndian(head);
        var what = head switch
        {
            _ when head.StartsWith("PAGEDUMP"u8) => "a dump of a 32-bit kernel; LastRef reads x64 only",
            _ when head.StartsWith("MDMP"u8) => "a minidump of a user-mode process, not a kernel dump",
            _ when head.StartsWith("MSCF"u8) => "a cabinet (CAB) around a dump; expand it first",
            _ when head.StartsWith("PK\x03\x04"u8) || head.StartsWith("PK\x05\x06"u8) => "a ZIP archive around a dump; unpack it first",
            _ when magic >> 48 == 0x1F8B => "a gzip file around a dump; unpack it first",
            _ when magic >> 16 == 0x377A_BCAF_271C => "a 7-Zip archive around a dump; unpack it first",
            _ when magic >> 16 == 0xFD37_7A58_5A00 => "an xz file around a dump; unpack it first",
            _ when magic >> 32 == 0x28B5_2FFD => "a Zstandard file around a dump; unpack it first",
            _ when head.StartsWith("BZh"u8) => "a bzip2 file around a dump; unpack it first",
            _ when head.StartsWith("Rar!"u8) => "a RAR archive around a dump; unpack it first",
            _ when magic >> 32 == 0x7F45_4C46 => "an ELF core file, not a Windows kernel dump",
            _ when head.StartsWith("hibr"u8) || head.StartsWith("HIBR"u8) || head.StartsWith("wake"u8) => "a hibernation file, not a kernel dump",
            _ when head.StartsWith("MZ"u8) => "a Windows image, not a dump",
            _ => null,
        };
        if (what is not null)
            throw new InputException($"{name}: {what}");
    }
}

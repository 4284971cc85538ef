using System.Buffers.Binary;
using System.Text;
using LastRef.Nt;

namespace LastRef;

/// <summary>Whether a loaded image imports another.</summary>
/// <remarks>Fact: dump-format, section 13; Doc: "PE Format", import directory table.</remarks>
internal sealed class ImportWalk(Target target)
{
    private const int MostImports = 1024;
    private const int MostNameBytes = 260;
    private const int DescriptorBytes = 20;

    public bool Imports(CapturedModule module, CapturedModule imported) => InLoaderList(module, imported) ?? InDirectory(module, imported.Name);

    /// <summary>KLDR_DATA_TABLE_ENTRY.LoadedImports; null when the loader kept no list or it cannot be read.</summary>
    private bool? InLoaderList(CapturedModule module, CapturedModule imported)
    {
        if (!target.Layout.TryGetField("_KLDR_DATA_TABLE_ENTRY", "LoadedImports", out var field) || !TryUInt64(module.Entry + field.Offset, out var list))
            return null;
        // -2: it imports nothing; -1 and 0: not recorded; the low bit: the rest is the only entry.
        if (list == unchecked((ulong)-2L))
            return false;
        if (list is 0 or ulong.MaxValue)
            return null;
        if ((list & 1) != 0)
            return new VirtualAddress(list & ~1UL) == imported.Entry;
        if (!TryUInt64(new VirtualAddress(list), out var count) || count > MostImports)
            return null;
        for (var i = 0; i < (int)count; i++)
        {
            if (TryUInt64(new VirtualAddress(list) + (8 + (8 * i)), out var entry) && (entry & ~1UL) == imported.Entry.Value)
                return true;
        }

        return false;
    }

    private bool InDirectory(CapturedModule module, string name)
    {
        if (!TryUInt32(module.Base + 0x3C, out var nt) || nt > 0x1000 || !TryUInt32(module.Base + (int)nt + 24 + 112 + 8, out var rva)
            || rva == 0 || rva >= module.ByteCount)
            return false;
        for (var i = 0; i < MostImports; i++)
        {
            var descriptor = module.Base + (int)rva + (i * DescriptorBytes);
            if (!TryUInt32(descriptor + 12, out var text) || text == 0 || text >= module.ByteCount)
                return false;
            if (string.Equals(AsciiAt(module.Base + (int)text), name, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private string AsciiAt(VirtualAddress address)
    {
        Span<byte> bytes = stackalloc byte[MostNameBytes];
        var length = 0;
        while (length < bytes.Length && target.TryRead(address + length, bytes.Slice(length, 1), out _) && bytes[length] != 0)
            length++;
        return Encoding.ASCII.GetString(bytes[..length]);
    }

    private bool TryUInt32(VirtualAddress address, out uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        var isRead = target.TryRead(address, bytes, out _);
        value = isRead ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : 0;
        return isRead;
    }

    private bool TryUInt64(VirtualAddress address, out ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        var isRead = target.TryRead(address, bytes, out _);
        value = isRead ? BinaryPrimitives.ReadUInt64LittleEndian(bytes) : 0;
        return isRead;
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using LastRef.Lab;

namespace LastRef.Tests;

/// <summary>With LASTREF_ANONYMOUS_DRIVERS=1 a driver under test bears a hash for a name and has no debug data: nothing may hang on either.</summary>
internal static class Anonymous
{
    private static readonly Dictionary<string, string> _originals = new(StringComparer.OrdinalIgnoreCase);

    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("LASTREF_ANONYMOUS_DRIVERS") == "1";

    /// <summary>The file as the check gets it: stripped and renamed, in a folder where no PDB lies beside it.</summary>
    public static InputFile Driver(InputFile file)
    {
        byte[] content = Strip(file.Content.ToArray());
        string name = Convert.ToHexStringLower(SHA256.HashData(content)) + ".sys";
        _originals[name] = Path.GetFileName(file.Path);
        return new InputFile(Path.Combine("anonymous", name), content);
    }

    /// <summary>A neighbour keeps its name, for it may be imported by it.</summary>
    public static InputFile Neighbour(InputFile file) => new(Path.Combine("anonymous", Path.GetFileName(file.Path)), Strip(file.Content.ToArray()));

    /// <summary>The name in the repository of a file that a report names.</summary>
    public static string Original(string name) => _originals.GetValueOrDefault(name, name);

    /// <summary>Clears the debug directory, the COFF symbols and every DWARF section; no other byte moves or changes.</summary>
    public static byte[] Strip(byte[] image)
    {
        Span<byte> bytes = image;
        int header = BinaryPrimitives.ReadInt32LittleEndian(bytes[0x3C..]) + 4;
        int sections = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(header + 2)..]);
        int optional = header + 20;
        int table = optional + BinaryPrimitives.ReadUInt16LittleEndian(bytes[(header + 16)..]);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[(header + 8)..], 0); // PointerToSymbolTable, NumberOfSymbols
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[(optional + 112 + (6 * 8))..], 0); // IMAGE_DIRECTORY_ENTRY_DEBUG
        for (int i = 0; i < sections; i++)
        {
            Span<byte> section = bytes.Slice(table + (40 * i), 40);
            // A name of more than eight letters, as .debug_info, is "/" and its place in the table after the symbols.
            if (section[0] == (byte)'/' || section.StartsWith(".debug"u8))
            {
                int size = BinaryPrimitives.ReadInt32LittleEndian(section[16..]);
                int start = BinaryPrimitives.ReadInt32LittleEndian(section[20..]);
                bytes.Slice(start, size).Clear();
            }
        }

        return image;
    }
}

using System.IO.Compression;
using LastRef.Symbols;

namespace LastRef.Tests;

/// <summary>The committed images of Fixtures/, built by build.sh there.</summary>
internal static class Fixture
{
    public static byte[] Image(string name) => File.ReadAllBytes(PathOf(name + ".sys"));

    public static PeImage Parse(string name) => PeImage.Parse(Image(name), name + ".sys");

    /// <summary>The PDB of an image; clang-pdb has lines, types has types.</summary>
    public static byte[] Pdb(string name = "clang-pdb")
    {
        using var packed = new GZipStream(File.OpenRead(PathOf(name + ".pdb.gz")), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        packed.CopyTo(plain);
        return plain.ToArray();
    }

    /// <summary>What llvm-symbolizer said of each address; see expect.sh.</summary>
    public static IEnumerable<(Rva Rva, string? Function, string? File, int Line)> Expected(string name)
    {
        foreach (var row in File.ReadLines(PathOf(name + ".expected")))
        {
            var cells = row.Split('\t');
            var colon = cells[3].LastIndexOf(':');
            var file = cells[3][..colon];
            for (var rva = Convert.ToUInt32(cells[0], 16); rva <= Convert.ToUInt32(cells[1], 16); rva++)
                yield return (new Rva(rva), cells[2] == "??" ? null : cells[2], file == "??" ? null : file, int.Parse(cells[3].AsSpan(colon + 1)));
        }
    }

    private static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Fixtures", file);
}

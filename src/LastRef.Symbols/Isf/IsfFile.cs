using System.Text.Json;

namespace LastRef.Symbols;

/// <summary>A symbol file in the Intermediate Symbol Format (JSON), plain or packed with gzip or xz.</summary>
/// <remarks>Spec: dump-format 6. Types that are referred to but not defined have size 0.</remarks>
public sealed class IsfFile : ISymbolFile
{
    private readonly JsonElement _root;
    private readonly IsfTypes _types;

    private IsfFile(JsonElement root, string path, CodeViewRecord identity)
    {
        _root = root;
        FileName = path;
        Identity = identity;
        _types = new IsfTypes(root, path);
    }

    /// <inheritdoc/>
    public string FileName { get; }

    /// <inheritdoc/>
    public CodeViewRecord Identity { get; }

    /// <summary>Unpacks and reads a file.</summary>
    /// <exception cref="ImageFormatException">Not such a file, of another machine, or larger than the limits allow.</exception>
    public static IsfFile Read(ReadOnlyMemory<byte> content, string path, ImageLimits? limits = null)
    {
        var json = SymbolPacking.Unpack(content, path, limits ?? ImageLimits.Default);
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 32 });
            var root = document.RootElement.Clone();
            return new IsfFile(root, path, IdentityOf(root, path));
        }
        catch (JsonException error)
        {
            throw new ImageFormatException(path, $"is no ISF: JSON breaks off at line {error.LineNumber + 1}");
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<StructureLayout> ReadStructures() => Guard(_types.ReadStructures);

    /// <inheritdoc/>
    public IReadOnlyList<EnumerationLayout> ReadEnumerations() => Guard(_types.ReadEnumerations);

    /// <inheritdoc/>
    public Rva? FindSymbol(string name) =>
        _root.TryGetProperty("symbols", out var symbols) && symbols.ValueKind == JsonValueKind.Object && symbols.TryGetProperty(name, out var symbol)
        && symbol.ValueKind == JsonValueKind.Object && symbol.TryGetProperty("address", out var address)
        && address.ValueKind == JsonValueKind.Number && address.TryGetUInt32(out var rva)
            ? new Rva(rva)
            : null;

    private T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (error is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            // JsonElement says so of a value that is missing or of another kind than the format has there.
            throw new ImageFormatException(FileName, "is no ISF: a type lacks a part or has it in another form");
        }
    }

    private static CodeViewRecord IdentityOf(JsonElement root, string path)
    {
        const int Amd64 = 0x8664;
        if (root.ValueKind != JsonValueKind.Object || !Member(root, "metadata", out var metadata) || !Member(metadata, "windows", out var windows)
            || !Member(windows, "pdb", out var pdb) || !root.TryGetProperty("user_types", out _))
            throw new ImageFormatException(path, "is JSON, but no ISF of a Windows kernel");
        if (pdb.TryGetProperty("machine_type", out var machine) && machine.ValueKind == JsonValueKind.Number && machine.TryGetInt32(out var type) && type != Amd64)
            throw new ImageFormatException(path, $"has symbols of machine type 0x{type:x}; LastRef reads x64 only");
        return pdb.TryGetProperty("GUID", out var guid) && guid.ValueKind == JsonValueKind.String && Guid.TryParseExact(guid.GetString(), "N", out var id)
            && pdb.TryGetProperty("age", out var age) && age.ValueKind == JsonValueKind.Number && age.TryGetUInt32(out var number)
            ? new CodeViewRecord(id, number, pdb.TryGetProperty("database", out var name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : "")
            : throw new ImageFormatException(path, "does not say which PDB it was made from");
    }

    private static bool Member(JsonElement element, string name, out JsonElement member) =>
        element.TryGetProperty(name, out member) && member.ValueKind == JsonValueKind.Object;
}

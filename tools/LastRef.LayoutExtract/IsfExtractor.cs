using System.Globalization;
using System.Text;
using System.Text.Json;

namespace LastRef.LayoutExtract;

/// <summary>Turns one symbol file in the Intermediate Symbol Format into a layout extract.</summary>
/// <remarks>
/// The extract is text: <c>symbol NAME RVA</c> lines, then one structure after the other: <c>struct NAME SIZE</c>, then a line a field,
/// <c> OFFSET TYPE NAME</c>, numbers in hexadecimal. Types: <c>u4</c>/<c>i4</c>/<c>f8</c> by kind and bytes,
/// <c>*X</c> pointer, <c>X/SIZE</c> structure, <c>e:X/SIZE</c> enumeration, <c>[n]T</c> array, <c>u8:POS.LEN</c> bit field
/// (decimal). Members of unnamed structures and unions appear under dotted names.
/// </remarks>
internal sealed class IsfExtractor(JsonElement symbols, WantedTypes wanted)
{
    private readonly JsonElement _userTypes = symbols.GetProperty("user_types");
    private readonly JsonElement _baseTypes = symbols.GetProperty("base_types");
    private readonly JsonElement _enums = symbols.GetProperty("enums");

    public string Extract(int build, string version, out IReadOnlyList<string> missing)
    {
        var absent = new List<string>();
        var text = new StringBuilder();
        var pdb = symbols.GetProperty("metadata").GetProperty("windows").GetProperty("pdb");
        text.Append("# Structure layouts of the x64 Windows kernel, made by tools/LastRef.LayoutExtract; do not edit.\n");
        text.Append("# Derived from symbol files under BSD 3-Clause, Copyright 2023 JPCERT Coordination Center: see LICENSE-layouts.txt.\n");
        text.Append(CultureInfo.InvariantCulture, $"build {build}\n");
        text.Append(CultureInfo.InvariantCulture,
            $"source {pdb.GetProperty("database").GetString()} {pdb.GetProperty("GUID").GetString()} {pdb.GetProperty("age").GetInt32()} {version}\n");

        var addresses = symbols.GetProperty("symbols");
        foreach (var name in wanted.Symbols)
        {
            if (addresses.TryGetProperty(name, out var symbol))
                text.Append(CultureInfo.InvariantCulture, $"symbol {name} {symbol.GetProperty("address").GetInt64():x}\n");
            else
                absent.Add(name);
        }

        foreach (var name in wanted.Structures)
        {
            if (!_userTypes.TryGetProperty(name, out var type))
            {
                absent.Add(name);
                continue;
            }

            text.Append(CultureInfo.InvariantCulture, $"struct {name} {type.GetProperty("size").GetInt32():x}\n");
            var fields = new List<(int Offset, int Bit, string Type, string Name)>();
            Collect(type, 0, "", fields);
            foreach (var field in fields.OrderBy(f => f.Offset).ThenBy(f => f.Bit).ThenBy(f => f.Name, StringComparer.Ordinal))
                text.Append(CultureInfo.InvariantCulture, $" {field.Offset:x} {field.Type} {field.Name}\n");
        }

        foreach (var name in wanted.Enumerations)
        {
            if (!_enums.TryGetProperty(name, out var type))
            {
                absent.Add(name);
                continue;
            }

            text.Append(CultureInfo.InvariantCulture, $"enum {name} {type.GetProperty("size").GetInt32():x}\n");
            foreach (var constant in type.GetProperty("constants").EnumerateObject()
                .OrderBy(c => c.Value.GetInt64()).ThenBy(c => c.Name, StringComparer.Ordinal))
                text.Append(CultureInfo.InvariantCulture, $" {constant.Value.GetInt64()} {constant.Name}\n");
        }

        missing = absent;
        return text.ToString();
    }

    private void Collect(JsonElement type, int offset, string prefix, List<(int, int, string, string)> fields)
    {
        foreach (var field in type.GetProperty("fields").EnumerateObject())
        {
            var at = offset + field.Value.GetProperty("offset").GetInt32();
            var fieldType = field.Value.GetProperty("type");
            var bit = fieldType.GetProperty("kind").GetString() == "bitfield" ? fieldType.GetProperty("bit_position").GetInt32() : -1;
            fields.Add((at, bit, TypeText(fieldType), prefix + field.Name));
            if (IsStructure(fieldType, out var name) && IsUnnamed(name))
                Collect(_userTypes.GetProperty(name), at, prefix + field.Name + ".", fields);
        }
    }

    private static bool IsUnnamed(string name) =>
        name.StartsWith("__anonymous", StringComparison.Ordinal) || name.StartsWith("__unnamed", StringComparison.Ordinal);

    private static bool IsStructure(JsonElement type, out string name)
    {
        name = "";
        if (type.GetProperty("kind").GetString() is not ("struct" or "union"))
            return false;
        name = type.GetProperty("name").GetString()!;
        return true;
    }

    private string TypeText(JsonElement type)
    {
        switch (type.GetProperty("kind").GetString())
        {
            case "base":
                return BaseText(type.GetProperty("name").GetString()!);
            case "pointer":
                return "*" + PointeeText(type.GetProperty("subtype"));
            case "struct" or "union":
                var name = type.GetProperty("name").GetString()!;
                // A structure of which the symbols know only the name appears embedded as a zero-sized mark.
                var size = _userTypes.TryGetProperty(name, out var body) ? body.GetProperty("size").GetInt32() : 0;
                return string.Create(CultureInfo.InvariantCulture, $"{(IsUnnamed(name) ? "-" : name)}/{size:x}");
            case "enum":
                var enumName = type.GetProperty("name").GetString()!;
                return string.Create(CultureInfo.InvariantCulture, $"e:{enumName}/{_enums.GetProperty(enumName).GetProperty("size").GetInt32():x}");
            case "array":
                return string.Create(CultureInfo.InvariantCulture, $"[{type.GetProperty("count").GetInt32()}]{TypeText(type.GetProperty("subtype"))}");
            case "bitfield":
                var storage = TypeText(type.GetProperty("type"));
                return string.Create(CultureInfo.InvariantCulture,
                    $"{storage}:{type.GetProperty("bit_position").GetInt32()}.{type.GetProperty("bit_length").GetInt32()}");
            case var other:
                throw new InvalidOperationException($"Unknown type kind '{other}' in the symbol file.");
        }
    }

    private string PointeeText(JsonElement type) => type.GetProperty("kind").GetString() switch
    {
        "function" => "fn",
        "struct" or "union" or "enum" when !IsUnnamed(type.GetProperty("name").GetString()!) => type.GetProperty("name").GetString()!,
        "struct" or "union" or "enum" => "-",
        _ => TypeText(type),
    };

    private string BaseText(string name)
    {
        if (name == "void")
            return "v0";
        if (name == "pointer")
            return "*v0";
        var type = _baseTypes.GetProperty(name);
        var kind = type.GetProperty("kind").GetString() == "float" ? 'f' : type.GetProperty("signed").GetBoolean() ? 'i' : 'u';
        return string.Create(CultureInfo.InvariantCulture, $"{kind}{type.GetProperty("size").GetInt32()}");
    }
}

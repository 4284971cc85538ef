using System.Globalization;
using System.Text.Json;

namespace LastRef.Symbols;

/// <summary>The types of an ISF, turned into layouts in the notation of the extracts.</summary>
internal sealed class IsfTypes(JsonElement root, string file)
{
    private const int DepthLimit = 24;
    private const int MostFields = 1 << 14;

    // By name, because an element finds a member by looking through all.
    private readonly Dictionary<string, JsonElement> _userTypes = Index(root, "user_types");
    private readonly Dictionary<string, JsonElement> _baseTypes = Index(root, "base_types");
    private readonly Dictionary<string, JsonElement> _enumerations = Index(root, "enums");

    public IReadOnlyList<StructureLayout> ReadStructures()
    {
        var structures = new List<StructureLayout>();
        foreach (var (name, type) in _userTypes)
        {
            if (TypeDefinition.IsUnnamedType(name))
                continue;
            var fields = new Dictionary<string, FieldLayout>(StringComparer.Ordinal);
            Collect(type, 0, "", fields, 0);
            structures.Add(new StructureLayout(name, type.GetProperty("size").GetInt32(), file, fields.Values));
        }

        return structures;
    }

    public IReadOnlyList<EnumerationLayout> ReadEnumerations()
    {
        var enumerations = new List<EnumerationLayout>();
        foreach (var (name, type) in _enumerations)
        {
            if (TypeDefinition.IsUnnamedType(name))
                continue;
            var constants = new Dictionary<string, long>(StringComparer.Ordinal);
            foreach (var constant in type.GetProperty("constants").EnumerateObject())
                constants.TryAdd(constant.Name, constant.Value.GetInt64());
            enumerations.Add(new EnumerationLayout(name, type.GetProperty("size").GetInt32(), constants));
        }

        return enumerations;
    }

    private void Collect(JsonElement type, long offset, string prefix, Dictionary<string, FieldLayout> fields, int depth)
    {
        foreach (var field in type.GetProperty("fields").EnumerateObject())
        {
            var at = offset + field.Value.GetProperty("offset").GetInt32();
            var fieldType = field.Value.GetProperty("type");
            if (at is < 0 or > int.MaxValue || fields.Count >= MostFields || !FieldLayout.TryParse(TextOf(fieldType, 0), prefix + field.Name, (int)at, out var layout))
                throw new ImageFormatException(file, $"has a field {prefix}{field.Name} that cannot be placed");
            fields.TryAdd(layout.Name, layout);
            if (depth < DepthLimit && KindOf(fieldType) is "struct" or "union" && NameOf(fieldType) is var name && TypeDefinition.IsUnnamedType(name)
                && _userTypes.TryGetValue(name, out var inner))
                Collect(inner, at, prefix + field.Name + ".", fields, depth + 1);
        }
    }

    private string TextOf(JsonElement type, int depth)
    {
        if (depth > DepthLimit)
            return "v0";
        switch (KindOf(type))
        {
            case "base":
                return BaseText(NameOf(type));
            case "pointer":
                return "*" + PointeeText(type.GetProperty("subtype"), depth + 1);
            case "struct" or "union" or "class":
                var name = NameOf(type);
                return string.Create(CultureInfo.InvariantCulture, $"{(TypeDefinition.IsUnnamedType(name) ? "-" : name)}/{SizeOf(_userTypes, name):x}");
            case "enum":
                var enumeration = NameOf(type);
                return string.Create(
                    CultureInfo.InvariantCulture, $"e:{(TypeDefinition.IsUnnamedType(enumeration) ? "-" : enumeration)}/{SizeOf(_enumerations, enumeration):x}");
            case "array":
                return string.Create(CultureInfo.InvariantCulture, $"[{type.GetProperty("count").GetInt32()}]{TextOf(type.GetProperty("subtype"), depth + 1)}");
            case "bitfield":
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{TextOf(type.GetProperty("type"), depth + 1)}:{type.GetProperty("bit_position").GetInt32()}.{type.GetProperty("bit_length").GetInt32()}");
            default:
                return "v0";
        }
    }

    private string PointeeText(JsonElement type, int depth) => KindOf(type) switch
    {
        "function" => "fn",
        "struct" or "union" or "class" or "enum" when NameOf(type) is var name => TypeDefinition.IsUnnamedType(name) ? "-" : name,
        _ => TextOf(type, depth),
    };

    private string BaseText(string name)
    {
        if (name == "void" || !_baseTypes.TryGetValue(name, out var type))
            return "v0";
        if (name == "pointer")
            return "*v0";
        var kind = KindOf(type) == "float" ? 'f' : type.GetProperty("signed").GetBoolean() ? 'i' : 'u';
        return string.Create(CultureInfo.InvariantCulture, $"{kind}{type.GetProperty("size").GetInt32()}");
    }

    private static string KindOf(JsonElement type) => type.GetProperty("kind").GetString() ?? "";

    private static string NameOf(JsonElement type) => type.GetProperty("name").GetString() ?? "";

    private static int SizeOf(Dictionary<string, JsonElement> types, string name) =>
        types.TryGetValue(name, out var type) ? Math.Max(0, type.GetProperty("size").GetInt32()) : 0;

    private static Dictionary<string, JsonElement> Index(JsonElement root, string part)
    {
        var index = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        if (root.TryGetProperty(part, out var types) && types.ValueKind == JsonValueKind.Object)
        {
            foreach (var type in types.EnumerateObject())
                index.TryAdd(type.Name, type.Value);
        }

        return index;
    }
}

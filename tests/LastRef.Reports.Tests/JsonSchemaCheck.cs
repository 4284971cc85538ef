using System.Text.Json;
using System.Text.RegularExpressions;

namespace LastRef.Tests;

/// <summary>Checks JSON against the part of JSON Schema that schemas/ uses; a keyword that it does not know is an error, not a pass.</summary>
internal sealed class JsonSchemaCheck(JsonElement root)
{
    private static readonly HashSet<string> _annotations = ["$schema", "$id", "id", "$defs", "definitions", "title", "description", "default", "format"];

    /// <summary>What is wrong, each with its path; empty when nothing is.</summary>
    public List<string> Problems(JsonElement value) => [.. Check(root, value, "$")];

    private IEnumerable<string> Check(JsonElement schema, JsonElement value, string path)
    {
        foreach (var keyword in schema.EnumerateObject())
        {
            foreach (var problem in Keyword(schema, keyword.Name, keyword.Value, value, path))
                yield return problem;
        }
    }

    private IEnumerable<string> Keyword(JsonElement schema, string name, JsonElement rule, JsonElement value, string path) => name switch
    {
        "$ref" => Check(Resolve(rule.GetString()!), value, path),
        "type" => Types(rule).Contains(TypeOf(value)) || (TypeOf(value) == "integer" && Types(rule).Contains("number"))
            ? [] : [$"{path}: is {TypeOf(value)}, not {string.Join(" or ", Types(rule))}"],
        "const" => JsonElement.DeepEquals(rule, value) ? [] : [$"{path}: is {value}, not {rule}"],
        "enum" => rule.EnumerateArray().Any(one => JsonElement.DeepEquals(one, value)) ? [] : [$"{path}: {value} is not one of {rule}"],
        "pattern" => value.ValueKind != JsonValueKind.String || Regex.IsMatch(value.GetString()!, rule.GetString()!) ? [] : [$"{path}: '{value}' does not match {rule}"],
        "minLength" => value.ValueKind != JsonValueKind.String || value.GetString()!.Length >= rule.GetInt32() ? [] : [$"{path}: is too short"],
        "minimum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() >= rule.GetDecimal() ? [] : [$"{path}: {value} is below {rule}"],
        "oneOf" => rule.EnumerateArray().Count(one => !Check(one, value, path).Any()) == 1
            ? [] : [$"{path}: matches not exactly one of the alternatives: {string.Join("; ", rule.EnumerateArray().SelectMany(one => Check(one, value, path)).Take(6))}"],
        "anyOf" => rule.EnumerateArray().Any(one => !Check(one, value, path).Any()) ? [] : [$"{path}: matches none of the alternatives: {value}"],
        "required" => value.ValueKind != JsonValueKind.Object ? []
            : rule.EnumerateArray().Where(one => !value.TryGetProperty(one.GetString()!, out _)).Select(one => $"{path}: lacks {one}"),
        "properties" => value.ValueKind != JsonValueKind.Object ? []
            : rule.EnumerateObject().Where(p => value.TryGetProperty(p.Name, out _)).SelectMany(p => Check(p.Value, value.GetProperty(p.Name), $"{path}.{p.Name}")),
        "additionalProperties" => value.ValueKind != JsonValueKind.Object ? []
            : rule.ValueKind switch
            {
                JsonValueKind.False => Additional(schema, value).Select(p => $"{path}: {p.Name} is not in the schema"),
                JsonValueKind.Object => Additional(schema, value).SelectMany(p => Check(rule, p.Value, $"{path}.{p.Name}")),
                _ => [],
            },
        "if" => Check(rule, value, path).Any() ? Branch(schema, "else", value, path) : Branch(schema, "then", value, path),
        "then" or "else" => [],
        "maximum" => value.ValueKind != JsonValueKind.Number || value.GetDecimal() <= rule.GetDecimal() ? [] : [$"{path}: {value} is above {rule}"],
        "minItems" => value.ValueKind != JsonValueKind.Array || value.GetArrayLength() >= rule.GetInt32() ? [] : [$"{path}: has too few items"],
        "uniqueItems" => value.ValueKind != JsonValueKind.Array || rule.ValueKind == JsonValueKind.False || !HasTwins(value) ? [] : [$"{path}: has an item twice"],
        "items" => value.ValueKind != JsonValueKind.Array ? [] : value.EnumerateArray().SelectMany((item, i) => Check(rule, item, $"{path}[{i}]")),
        _ when _annotations.Contains(name) => [],
        _ => [$"{path}: the schema's keyword {name} is not understood"],
    };

    private IEnumerable<string> Branch(JsonElement schema, string name, JsonElement value, string path) =>
        schema.TryGetProperty(name, out var branch) ? Check(branch, value, path) : [];

    private static IEnumerable<JsonProperty> Additional(JsonElement schema, JsonElement value) =>
        value.EnumerateObject().Where(p => !schema.TryGetProperty("properties", out var known) || !known.TryGetProperty(p.Name, out _));

    private static bool HasTwins(JsonElement array)
    {
        var items = array.EnumerateArray().ToArray();
        return items.Where((item, i) => items.Take(i).Any(other => JsonElement.DeepEquals(item, other))).Any();
    }

    private JsonElement Resolve(string reference)
    {
        var at = root;
        foreach (var part in reference.Split('/').Skip(1))
            at = at.GetProperty(part);
        return at;
    }

    private static string[] Types(JsonElement rule) =>
        rule.ValueKind == JsonValueKind.Array ? [.. rule.EnumerateArray().Select(t => t.GetString()!)] : [rule.GetString()!];

    private static string TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.TryGetInt64(out _) || value.TryGetUInt64(out _) ? "integer" : "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => "null",
    };
}

using System.Globalization;
using System.Text.Json;

namespace LastRef.Lab;

/// <summary>Reads a profile; what it does not know is refused with its place, never ignored.</summary>
public static class ProfileReader
{
    /// <exception cref="InputException">The JSON is malformed, a property is unknown or has the wrong type.</exception>
    public static DeviceProfile Read(InputFile file)
    {
        try
        {
            using var document = JsonDocument.Parse(
                file.Content, new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            return ReadProfile(document.RootElement, file.Path);
        }
        catch (JsonException e)
        {
            throw new InputException($"{file.Path}: line {e.LineNumber + 1}: the profile is no valid JSON.", e);
        }
    }

    private static DeviceProfile ReadProfile(JsonElement root, string path)
    {
        var profile = new DeviceProfile();
        foreach (var property in Object(root, path, "the profile"))
        {
            var value = property.Value;
            profile = property.Name switch
            {
                "$schema" or "schema" => profile,
                "deviceId" => profile with { DeviceId = Text(value, path, property.Name) },
                "hardwareIds" => profile with { HardwareIds = Texts(value, path, property.Name) },
                "compatibleIds" => profile with { CompatibleIds = Texts(value, path, property.Name) },
                "classGuid" => profile with { ClassGuid = Text(value, path, property.Name) },
                "className" => profile with { ClassName = Text(value, path, property.Name) },
                "description" => profile with { Description = Text(value, path, property.Name) },
                "serviceStopMustWork" => profile with { ServiceStopMustWork = Flag(value, path, property.Name) },
                "parameters" => profile with { Parameters = Values(value, path, property.Name) },
                "resources" => profile with { Resources = [.. Array(value, path, property.Name).Select(r => Resource(r, path))] },
                "children" => profile with { Children = [.. Array(value, path, property.Name).Select(c => Child(c, path))] },
                _ => throw new InputException($"{path}: the profile has an unknown property '{property.Name}'."),
            };
        }

        return profile;
    }

    private static Dictionary<string, ProfileValue> Values(JsonElement element, string path, string name)
    {
        var values = new Dictionary<string, ProfileValue>(StringComparer.OrdinalIgnoreCase);
        foreach (var property in Object(element, path, name))
        {
            values[property.Name] = property.Value.ValueKind switch
            {
                JsonValueKind.Number when property.Value.TryGetUInt32(out var number) => new ProfileValue(number, null),
                JsonValueKind.String => new ProfileValue(null, property.Value.GetString()),
                _ => throw new InputException($"{path}: the value '{property.Name}' is neither a 32-bit number nor text."),
            };
        }

        return values;
    }

    private static ProfileResource Resource(JsonElement element, string path)
    {
        var (kind, start, length) = ("", 0UL, 0u);
        IReadOnlyList<ulong> reads = [];
        foreach (var property in Object(element, path, "resources"))
        {
            switch (property.Name)
            {
                case "kind": kind = Text(property.Value, path, "kind"); break;
                case "start": start = Number(property.Value, path, "start"); break;
                case "length": length = checked((uint)Math.Min(Number(property.Value, path, "length"), uint.MaxValue)); break;
                case "reads": reads = [.. Array(property.Value, path, "reads").Select(r => Number(r, path, "reads"))]; break;
                default: throw new InputException($"{path}: a resource has an unknown property '{property.Name}'.");
            }
        }

        if (kind is not ("port" or "memory" or "interrupt"))
            throw new InputException($"{path}: a resource's kind is '{kind}'; it must be port, memory or interrupt.");
        RefuseBadRange(kind, start, length, path);
        return new ProfileResource(kind, start, length, reads);
    }

    private static void RefuseBadRange(string kind, ulong start, uint length, string path)
    {
        var (last, what) = kind switch
        {
            "port" => (0xFFFFUL, "ports end at 0xFFFF"),
            "memory" => ((1UL << 40) - 1, "physical addresses have 40 bits"),
            _ => (0x9FUL, "interrupt lines end at 0x9F"),
        };
        if (kind != "interrupt" && length == 0)
            throw new InputException($"{path}: a {kind} resource needs a length.");
        if (kind == "interrupt" && length != 0)
            throw new InputException($"{path}: an interrupt resource has no length.");
        if (kind == "memory" && start % 0x1000 != 0)
            throw new InputException($"{path}: a memory resource begins at 0x{start:X}; it must begin on a page of 0x1000 bytes.");
        if (start > last || (length > 0 && length - 1 > last - start))
            throw new InputException($"{path}: a {kind} resource at 0x{start:X} with length {length} is out of range: {what}.");
    }

    private static ProfileChild Child(JsonElement element, string path)
    {
        string? id = null, service = null;
        foreach (var property in Object(element, path, "children"))
        {
            switch (property.Name)
            {
                case "hardwareId": id = Text(property.Value, path, "hardwareId"); break;
                case "service": service = Text(property.Value, path, "service"); break;
                default: throw new InputException($"{path}: a child has an unknown property '{property.Name}'.");
            }
        }

        return new ProfileChild(id ?? throw new InputException($"{path}: a child has no hardwareId."), service);
    }

    private static JsonElement.ObjectEnumerator Object(JsonElement element, string path, string what) =>
        element.ValueKind == JsonValueKind.Object ? element.EnumerateObject() : throw new InputException($"{path}: {what} must be an object.");

    private static JsonElement.ArrayEnumerator Array(JsonElement element, string path, string what) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : throw new InputException($"{path}: '{what}' must be an array.");

    private static string Text(JsonElement element, string path, string what) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw new InputException($"{path}: '{what}' must be text.");

    private static string[] Texts(JsonElement element, string path, string what) => [.. Array(element, path, what).Select(e => Text(e, path, what))];

    private static bool Flag(JsonElement element, string path, string what) =>
        element.ValueKind is JsonValueKind.True or JsonValueKind.False ? element.GetBoolean() : throw new InputException($"{path}: '{what}' must be true or false.");

    /// <summary>A JSON number, or text such as "0x3F8".</summary>
    private static ulong Number(JsonElement element, string path, string what)
    {
        if (element.ValueKind == JsonValueKind.Number && element.TryGetUInt64(out var number))
            return number;
        if (element.ValueKind == JsonValueKind.String && element.GetString() is { } text && text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            && ulong.TryParse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out number))
            return number;
        throw new InputException($"{path}: '{what}' must be a number that is not negative, or text such as \"0x3F8\".");
    }
}

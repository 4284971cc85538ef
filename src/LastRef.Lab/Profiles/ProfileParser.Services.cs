using System.Text.Json;

namespace LastRef.Lab;

/// <summary>What an INF file would register: services and values.</summary>
internal sealed partial class ProfileParser
{
    private ProfileRegistration Registration(ProfileItem item)
    {
        var registration = new ProfileRegistration();
        Members(item, "'service'", (name, value) =>
        {
            switch (name)
            {
                case "start": registration = registration with { Start = Choice(value, name, ProfileWords.Starts) }; return true;
                case "displayName": registration = registration with { DisplayName = Text(value, name) }; return true;
                case "group": registration = registration with { Group = Name(value, name) }; return true;
                case "dependsOn": registration = registration with { DependsOn = Names(value, name) }; return true;
                default: return false;
            }
        });
        return registration;
    }

    private ProfileService Service(ProfileItem item)
    {
        var service = new ProfileService("", new ProfileRegistration(), new Dictionary<string, ProfileValue>());
        var registration = new ProfileRegistration();
        if (Members(item, "a service", (name, value) =>
            {
                switch (name)
                {
                    case "name": service = service with { Name = Name(value, name) }; return true;
                    case "image": service = service with { Image = Name(value, name) }; return true;
                    case "parameters": service = service with { Parameters = Values(value, name) }; return true;
                    case "start": registration = registration with { Start = Choice(value, name, ProfileWords.Starts) }; return true;
                    case "displayName": registration = registration with { DisplayName = Text(value, name) }; return true;
                    case "group": registration = registration with { Group = Name(value, name) }; return true;
                    case "dependsOn": registration = registration with { DependsOn = Names(value, name) }; return true;
                    default: return false;
                }
            }) && item.Members.All(m => m.Name != "name"))
            Problem(item, "a service needs 'name'");
        return service with { Registration = registration };
    }

    private Dictionary<string, ProfileValue> Values(ProfileItem item, string what)
    {
        var values = new Dictionary<string, ProfileValue>(StringComparer.OrdinalIgnoreCase);
        Members(item, $"'{what}'", (name, value) =>
        {
            values[name] = Value(value, name);
            return true;
        });
        return values;
    }

    private ProfileValue Value(ProfileItem item, string name)
    {
        switch (item.Kind)
        {
            case JsonTokenType.String:
                return new ProfileValue(null, item.Text);
            case JsonTokenType.StartArray:
                return new ProfileValue(null, null) { Lines = Names(item, name) };
            case JsonTokenType.StartObject when item.Members is [{ Name: "binary" } binary]:
                return new ProfileValue(null, null) { Binary = Bytes(binary.Value, "binary") };
            case JsonTokenType.StartObject when item.Members is [{ Name: "expand" } expandable]:
                return new ProfileValue(null, Text(expandable.Value, "expand")) { IsExpandable = true };
        }

        if (item.Kind == JsonTokenType.Number && TryNumber(item) is <= uint.MaxValue and var number)
            return new ProfileValue((uint)number, null);
        Problem(item, $"the value '{name}' must be a 32-bit number, text, an array of texts, or an object with 'binary' or 'expand' alone");
        return new ProfileValue(0, null);
    }
}

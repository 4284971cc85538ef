using System.Text.Json;
using System.Text.RegularExpressions;

namespace LastRef.Lab;

/// <summary>The device, its stack and its children.</summary>
internal sealed partial class ProfileParser
{
    public DeviceProfile Profile(ProfileItem root)
    {
        var profile = new DeviceProfile();
        ProfileItem? usb = null;
        ProfileItem? serial = null;
        Members(root, "the profile", (name, value) =>
        {
            profile = name switch
            {
                "$schema" or "schema" => profile,
                "deviceId" => profile with { DeviceId = Name(value, name) },
                "hardwareIds" => profile with { HardwareIds = Names(value, name) },
                "compatibleIds" => profile with { CompatibleIds = Names(value, name) },
                "instance" => profile with { Instance = Instance(value) },
                "classGuid" => profile with { ClassGuid = ClassGuid(value) },
                "className" => profile with { ClassName = Text(value, name) },
                "description" => profile with { Description = Text(value, name) },
                "raw" => profile with { IsRaw = Flag(value, name) },
                "settleSeconds" => profile with { SettleSeconds = (uint)Number(value, name, 60) },
                "bus" => profile with { Bus = Choice(value, name, ProfileWords.Buses) },
                "parent" => ParentOf(profile, value),
                "position" => profile with { Position = Choice(value, name, ProfileWords.Positions) },
                "function" => profile with { Function = Name(value, name) },
                "filters" => profile with { Filters = Filters(value) },
                "resources" => profile with { Resources = List(value, name, Resource) },
                "children" => profile with { Children = List(value, name, Child) },
                "service" => profile with { Service = Registration(value) },
                "parameters" => profile with { Parameters = Values(value, name) },
                "services" => profile with { Services = List(value, name, Service) },
                "clients" => profile with { Clients = List(value, name, Client) },
                "requests" => profile with { Requests = List(value, name, Send) },
                "serial" => profile with { Serial = Serial(serial = value) },
                "usb" => profile with { Usb = Usb(usb = value) },
                "serviceStopMustWork" => profile with { ServiceStopMustWork = Flag(value, name) },
                _ => profile,
            };
            return ProfileWords.Properties.Contains(name);
        });
        if (profile.Bus == ProfileBus.Usb && usb is null)
            Problem(root, "a device on a USB bus needs 'usb'");
        if (usb is not null && profile.Bus != ProfileBus.Usb)
            Problem(usb, "'usb' describes a device on a USB bus: 'bus' must be usb");
        if (serial is not null && profile.Bus != ProfileBus.Serial)
            Problem(serial, "'serial' describes what is plugged into a serial port: 'bus' must be serial");
        if (profile.Parent is not null && profile.Bus != ProfileBus.Internal)
            Problem(root, "a device below a 'parent' is on that driver's bus: leave 'bus' out");
        if (profile.Function is not null && profile.Position == ProfilePosition.Function)
            Problem(root, "the driver under test is the function driver: 'function' is for a 'position' of a filter");
        return profile;
    }

    /// <summary>The bus driver's service, or an object with it and the device that it drives.</summary>
    private DeviceProfile ParentOf(DeviceProfile profile, ProfileItem item)
    {
        if (item.Kind != JsonTokenType.StartObject)
            return profile with { Parent = Name(item, "parent") };
        string? driver = null;
        DeviceProfile? device = null;
        Members(item, "'parent'", (name, value) =>
        {
            switch (name)
            {
                case "driver": driver = Name(value, name); return true;
                case "device": device = Profile(value); return true;
                default: return false;
            }
        });
        if (driver is null)
            Problem(item, "'parent' needs 'driver'");
        if (device?.Parent is not null)
            Problem(item, "a parent's device has no parent of its own here");
        return profile with { Parent = driver ?? "", ParentDevice = device };
    }

    private string Instance(ProfileItem item)
    {
        var text = Name(item, "instance");
        if (text.Contains('\\', StringComparison.Ordinal))
            Problem(item, "'instance' must not contain a backslash");
        return text;
    }

    private string ClassGuid(ProfileItem item)
    {
        var text = Text(item, "classGuid");
        if (item.Kind == JsonTokenType.String && !GuidForm().IsMatch(text))
            Problem(item, "'classGuid' must be a GUID in braces");
        return text;
    }

    private ProfileFilters Filters(ProfileItem item)
    {
        var filters = new ProfileFilters();
        Members(item, "'filters'", (name, value) =>
        {
            switch (name)
            {
                case "lower": filters = filters with { Lower = Names(value, name) }; return true;
                case "upper": filters = filters with { Upper = Names(value, name) }; return true;
                case "classLower": filters = filters with { ClassLower = Names(value, name) }; return true;
                case "classUpper": filters = filters with { ClassUpper = Names(value, name) }; return true;
                default: return false;
            }
        });
        return filters;
    }

    private ProfileChild Child(ProfileItem item)
    {
        var child = new ProfileChild("", null);
        if (Members(item, "a child", (name, value) =>
            {
                switch (name)
                {
                    case "hardwareId": child = child with { HardwareId = Name(value, name) }; return true;
                    case "service": child = child with { Service = Name(value, name) }; return true;
                    case "lowerFilters": child = child with { LowerFilters = Names(value, name) }; return true;
                    case "upperFilters": child = child with { UpperFilters = Names(value, name) }; return true;
                    default: return false;
                }
            }) && item.Members.All(m => m.Name != "hardwareId"))
            Problem(item, "a child needs 'hardwareId'");
        return child;
    }

    private ProfileClient Client(ProfileItem item)
    {
        var client = new ProfileClient("app.exe", ProfileClientKind.Application, "interface", ProfileClientBehaviour.Ignores);
        if (Members(item, "a client", (name, value) =>
            {
                switch (name)
                {
                    case "name": client = client with { Name = Name(value, name) }; return true;
                    case "kind": client = client with { Kind = Choice(value, name, ProfileWords.ClientKinds) }; return true;
                    case "opens": client = client with { Opens = Name(value, name) }; return true;
                    case "behaviour": client = client with { Behaviour = Choice(value, name, ProfileWords.Behaviours) }; return true;
                    default: return false;
                }
            }) && item.Members.All(m => m.Name != "behaviour"))
            Problem(item, "a client needs 'behaviour'");
        if (client.Opens is not ("interface" or "link") && !client.Opens.StartsWith('\\'))
            Problem(item, $"'opens' is '{client.Opens}'; it must be interface, link or a path that begins with a backslash");
        return client;
    }

    private ProfileRequest Send(ProfileItem item)
    {
        var request = new ProfileRequest(ProfileRequestKind.Control, 0, [], 0, 0);
        if (!Members(item, "a request", (name, value) =>
            {
                switch (name)
                {
                    case "kind": request = request with { Kind = Choice(value, name, ProfileWords.RequestKinds) }; return true;
                    case "code": request = request with { Code = (uint)Number(value, name, uint.MaxValue) }; return true;
                    case "input": request = request with { Input = Bytes(value, name) }; return true;
                    case "output": request = request with { OutputBytes = (uint)Number(value, name, 0x10_0000) }; return true;
                    case "offset": request = request with { Offset = (long)Number(value, name, long.MaxValue) }; return true;
                    default: return false;
                }
            }))
            return request;
        if (request.Kind == ProfileRequestKind.Control && item.Members.All(m => m.Name != "code"))
            Problem(item, "a control request needs 'code'");
        return request;
    }

    [GeneratedRegex(@"^\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}$")]
    private static partial Regex GuidForm();
}

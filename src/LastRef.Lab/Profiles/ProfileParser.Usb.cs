using System.Text.Json;

namespace LastRef.Lab;

/// <summary>A device on a USB bus or behind a serial port.</summary>
internal sealed partial class ProfileParser
{
    private ProfileUsb Usb(ProfileItem item)
    {
        var usb = new ProfileUsb();
        if (!Members(item, "'usb'", (name, value) =>
            {
                switch (name)
                {
                    case "vendorId": usb = usb with { VendorId = (ushort)Number(value, name, ushort.MaxValue) }; return true;
                    case "productId": usb = usb with { ProductId = (ushort)Number(value, name, ushort.MaxValue) }; return true;
                    case "revision": usb = usb with { Revision = (ushort)Number(value, name, ushort.MaxValue) }; return true;
                    case "usbVersion": usb = usb with { UsbVersion = (ushort)Number(value, name, ushort.MaxValue) }; return true;
                    case "class": usb = usb with { Class = (byte)Number(value, name, byte.MaxValue) }; return true;
                    case "subClass": usb = usb with { SubClass = (byte)Number(value, name, byte.MaxValue) }; return true;
                    case "protocol": usb = usb with { Protocol = (byte)Number(value, name, byte.MaxValue) }; return true;
                    case "strings": usb = usb with { Strings = List(value, name, one => Text(one, name)) }; return true;
                    case "interfaces": usb = usb with { Interfaces = List(value, name, Interface) }; return true;
                    case "requests": usb = usb with { Requests = List(value, name, Request) }; return true;
                    default: return false;
                }
            }))
            return usb;
        foreach (var needed in (string[])["vendorId", "productId", "interfaces"])
        {
            if (item.Members.All(m => m.Name != needed))
                Problem(item, $"'usb' needs '{needed}'");
        }

        return usb;
    }

    private ProfileUsbInterface Interface(ProfileItem item)
    {
        var @interface = new ProfileUsbInterface();
        Members(item, "an interface", (name, value) =>
        {
            switch (name)
            {
                case "alternate": @interface = @interface with { Alternate = (byte)Number(value, name, byte.MaxValue) }; return true;
                case "class": @interface = @interface with { Class = (byte)Number(value, name, byte.MaxValue) }; return true;
                case "subClass": @interface = @interface with { SubClass = (byte)Number(value, name, byte.MaxValue) }; return true;
                case "protocol": @interface = @interface with { Protocol = (byte)Number(value, name, byte.MaxValue) }; return true;
                case "endpoints": @interface = @interface with { Endpoints = List(value, name, Endpoint) }; return true;
                default: return false;
            }
        });
        return @interface;
    }

    private ProfileUsbEndpoint Endpoint(ProfileItem item)
    {
        var endpoint = new ProfileUsbEndpoint(0, ProfileUsbTransfer.Bulk, 64);
        if (!Members(item, "an endpoint", (name, value) =>
            {
                switch (name)
                {
                    case "address": endpoint = endpoint with { Address = (byte)Number(value, name, byte.MaxValue) }; return true;
                    case "type": endpoint = endpoint with { Type = Choice(value, name, ProfileWords.Transfers) }; return true;
                    case "maxPacket": endpoint = endpoint with { MaxPacket = (ushort)Number(value, name, 0x7FF) }; return true;
                    case "interval": endpoint = endpoint with { Interval = (byte)Number(value, name, byte.MaxValue) }; return true;
                    case "reads": endpoint = endpoint with { Reads = List(value, name, one => Bytes(one, name)) }; return true;
                    default: return false;
                }
            }))
            return endpoint;
        if ((endpoint.Address & 0x0F) == 0 || (endpoint.Address & 0x70) != 0)
            Problem(item, "an endpoint's 'address' is 0x01 to 0x0F, with 0x80 for one that the host reads from");
        if (endpoint.Reads.Count > 0 && (endpoint.Address & 0x80) == 0)
            Problem(item, "'reads' is for an endpoint that the host reads from");
        return endpoint;
    }

    private ProfileUsbRequest Request(ProfileItem item)
    {
        var request = new ProfileUsbRequest(ProfileUsbRequestType.Vendor, 0, null, null, null);
        if (Members(item, "a request", (name, value) =>
            {
                switch (name)
                {
                    case "type": request = request with { Type = Choice(value, name, ProfileWords.RequestTypes) }; return true;
                    case "request": request = request with { Request = (byte)Number(value, name, byte.MaxValue) }; return true;
                    case "value": request = request with { Value = (ushort)Number(value, name, ushort.MaxValue) }; return true;
                    case "index": request = request with { Index = (ushort)Number(value, name, ushort.MaxValue) }; return true;
                    case "answer" when value is { Kind: JsonTokenType.String, Text: "stall" }: request = request with { Answer = null }; return true;
                    case "answer": request = request with { Answer = Bytes(value, name) }; return true;
                    default: return false;
                }
            }))
        {
            foreach (var needed in (string[])["request", "answer"])
            {
                if (item.Members.All(m => m.Name != needed))
                    Problem(item, $"a request needs '{needed}'");
            }
        }

        return request;
    }

    private ProfileSerial Serial(ProfileItem item)
    {
        var serial = new ProfileSerial();
        Members(item, "'serial'", (name, value) =>
        {
            switch (name)
            {
                case "modemStatus": serial = serial with { ModemStatus = (uint)Number(value, name, byte.MaxValue) }; return true;
                case "sends": serial = serial with { Sends = Bytes(value, name) }; return true;
                default: return false;
            }
        });
        return serial;
    }
}

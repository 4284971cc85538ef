using System.Buffers.Binary;
using System.Text;

namespace LastRef.Lab;

/// <summary>The descriptors of a USB device, as bytes.</summary>
/// <remarks>Fact: USB 2.0 specification, tables 9-8 to 9-16.</remarks>
internal static class UsbDescriptors
{
    private const byte BusPowered = 0x80;

    /// <summary>In units of two milliamperes: 100 mA.</summary>
    private const byte MaximumPower = 50;
    private const ushort AmericanEnglish = 0x0409;

    public static byte[] Device(ProfileUsb usb)
    {
        var bytes = new byte[18];
        bytes[0] = 18;
        bytes[1] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2), usb.UsbVersion);
        (bytes[4], bytes[5], bytes[6], bytes[7]) = (usb.Class, usb.SubClass, usb.Protocol, 64);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), usb.VendorId);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(10), usb.ProductId);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(12), usb.Revision);
        for (var i = 0; i < 3; i++)
            bytes[14 + i] = (byte)(usb.Strings.Count > i ? i + 1 : 0);
        bytes[17] = 1;
        return bytes;
    }

    /// <summary>The configuration with all its interfaces and endpoints.</summary>
    public static byte[] Configuration(ProfileUsb usb)
    {
        var bytes = new List<byte> { 9, 2, 0, 0, (byte)NumbersOf(usb).Distinct().Count(), 1, 0, BusPowered, MaximumPower };
        foreach (var (one, number) in usb.Interfaces.Zip(NumbersOf(usb)))
        {
            bytes.AddRange([9, 4, number, one.Alternate, (byte)one.Endpoints.Count, one.Class, one.SubClass, one.Protocol, 0]);
            foreach (var endpoint in one.Endpoints)
                bytes.AddRange([7, 5, endpoint.Address, (byte)endpoint.Type, (byte)endpoint.MaxPacket, (byte)(endpoint.MaxPacket >> 8), endpoint.Interval]);
        }

        var result = bytes.ToArray();
        BinaryPrimitives.WriteUInt16LittleEndian(result.AsSpan(2), (ushort)result.Length);
        return result;
    }

    /// <summary>The string with an index; index zero gives the languages. Null when there is none.</summary>
    public static byte[]? String(ProfileUsb usb, int index)
    {
        if (index == 0)
            return [4, 3, AmericanEnglish & 0xFF, AmericanEnglish >> 8];
        if (index > usb.Strings.Count)
            return null;
        var text = Encoding.Unicode.GetBytes(usb.Strings[index - 1]);
        return [(byte)(text.Length + 2), 3, .. text];
    }

    /// <summary>bInterfaceNumber of each interface: one with an alternate setting above zero has that of the one before it.</summary>
    public static IEnumerable<byte> NumbersOf(ProfileUsb usb)
    {
        var number = -1;
        foreach (var one in usb.Interfaces)
            yield return (byte)(one.Alternate == 0 || number < 0 ? ++number : number);
    }
}

using System.Text;
using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Arguments for kernel routines.</summary>
internal static class KernelTestExtensions
{
    /// <summary>A UNICODE_STRING with its text.</summary>
    public static ulong Text(this KernelTest test, string text)
    {
        var structureBytes = UnicodeString.SizeOf(test.Memory.Layout);
        var bytes = Encoding.Unicode.GetBytes(text);
        var address = test.Allocate(structureBytes + bytes.Length + 2);
        var value = new UnicodeString(test.Memory, address);
        value.SetLength(test.Memory, (ushort)bytes.Length);
        value.SetMaximumLength(test.Memory, (ushort)(bytes.Length + 2));
        value.SetBuffer(test.Memory, address + structureBytes);
        test.Memory.Write(address + structureBytes, bytes);
        return address.Value;
    }

    /// <summary>An empty UNICODE_STRING with room for some bytes of text.</summary>
    public static ulong Room(this KernelTest test, int byteCount, string text = "")
    {
        var structureBytes = UnicodeString.SizeOf(test.Memory.Layout);
        var address = test.Allocate(structureBytes + byteCount + 8);
        var value = new UnicodeString(test.Memory, address);
        value.SetLength(test.Memory, (ushort)(text.Length * 2));
        value.SetMaximumLength(test.Memory, (ushort)byteCount);
        value.SetBuffer(test.Memory, address + structureBytes);
        test.Memory.Write(address + structureBytes, Encoding.Unicode.GetBytes(text));
        return address.Value;
    }

    /// <summary>An ANSI_STRING; its shape is that of UNICODE_STRING.</summary>
    public static ulong AnsiText(this KernelTest test, string text, int room = 0)
    {
        var structureBytes = UnicodeString.SizeOf(test.Memory.Layout);
        var address = test.Allocate(structureBytes + text.Length + room + 8);
        var value = new UnicodeString(test.Memory, address);
        value.SetLength(test.Memory, (ushort)text.Length);
        value.SetMaximumLength(test.Memory, (ushort)(text.Length + room));
        value.SetBuffer(test.Memory, address + structureBytes);
        test.Memory.Write(address + structureBytes, Encoding.Latin1.GetBytes(text));
        return address.Value;
    }

    /// <summary>OBJECT_ATTRIBUTES; names are case-insensitive unless a test says otherwise.</summary>
    public static ulong Attributes(
        this KernelTest test, string? name, ObjectAttributeFlags flags = ObjectAttributeFlags.CaseInsensitive, ulong rootDirectory = 0)
    {
        var bytes = Nt.ObjectAttributes.SizeOf(test.Memory.Layout);
        var attributes = new ObjectAttributes(test.Memory, test.Allocate(bytes));
        attributes.SetLength(test.Memory, (uint)bytes);
        attributes.SetRootDirectory(test.Memory, new HandleValue(rootDirectory));
        test.Memory.WriteUInt64(attributes.ObjectNameAddress, name is null ? 0 : test.Text(name));
        attributes.SetAttributes(test.Memory, (uint)flags);
        return attributes.Address.Value;
    }

    /// <summary>What a routine put into a pointer-sized variable.</summary>
    public static ulong Value(this KernelTest test, VirtualAddress variable) => test.Memory.ReadUInt64(variable);

    /// <summary>What a UNICODE_STRING says.</summary>
    public static string Read(this KernelTest test, ulong unicodeString) => new UnicodeString(test.Memory, new VirtualAddress(unicodeString)).ToText();

    /// <summary>What an ANSI_STRING says.</summary>
    public static string ReadAnsiText(this KernelTest test, ulong ansiString)
    {
        var value = new UnicodeString(test.Memory, new VirtualAddress(ansiString));
        var bytes = new byte[value.Length];
        test.Memory.Read(value.Buffer, bytes);
        return Encoding.Latin1.GetString(bytes);
    }

    /// <summary>A zero-terminated string of bytes, with room behind it.</summary>
    public static ulong Bytes(this KernelTest test, string text, int room = 64)
    {
        var address = test.Allocate(text.Length + 1 + room);
        test.Memory.Write(address, Encoding.Latin1.GetBytes(text + "\0"));
        return address.Value;
    }

    /// <summary>A zero-terminated wide string, with room behind it.</summary>
    public static ulong Wide(this KernelTest test, string text, int room = 128)
    {
        var address = test.Allocate((text.Length * 2) + 2 + room);
        test.Memory.Write(address, Encoding.Unicode.GetBytes(text + "\0"));
        return address.Value;
    }

    /// <summary>The bytes up to a zero.</summary>
    public static string ReadBytes(this KernelTest test, ulong address)
    {
        var text = new StringBuilder();
        for (var at = new VirtualAddress(address); test.Memory.ReadByte(at) is not 0 and var value; at += 1)
            text.Append((char)value);
        return text.ToString();
    }

    /// <summary>The wide characters up to a zero.</summary>
    public static string ReadWide(this KernelTest test, ulong address)
    {
        var text = new StringBuilder();
        for (var at = new VirtualAddress(address); test.Memory.ReadUInt16(at) is not 0 and var value; at += 2)
            text.Append((char)value);
        return text.ToString();
    }

    /// <summary>Calls an exported routine that returns an int.</summary>
    public static int Int(this KernelTest test, string routine, params ulong[] arguments) => (int)(uint)test.CallNow(routine, arguments);

    /// <summary>Calls an exported routine that returns a BOOLEAN; only the low byte counts.</summary>
    public static bool Boolean(this KernelTest test, string routine, params ulong[] arguments) => (byte)test.CallNow(routine, arguments) != 0;

    /// <summary>Calls an exported routine that returns an NTSTATUS.</summary>
    public static NtStatus Status(this KernelTest test, string routine, params ulong[] arguments) =>
        new((int)(uint)test.CallNow(routine, arguments));

    public static long PointerCount(this KernelTest test, VirtualAddress body) => test.Kernel.Ob.HeaderOf(body).PointerCount;

    /// <summary>ExtensionFlags without the two top bits, which mean nothing here (U-1.15).</summary>
    public static DeviceObjectExtensionFlags ExtensionFlags(this DeviceObject device) =>
        device.DeviceObjectExtension!.Value.ExtensionFlags & (DeviceObjectExtensionFlags)0x3FFF_FFFF;
}

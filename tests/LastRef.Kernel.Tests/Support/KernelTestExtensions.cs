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

    /// <summary>Calls an exported routine that returns an NTSTATUS.</summary>
    public static NtStatus Status(this KernelTest test, string routine, params ulong[] arguments) =>
        new((int)(uint)test.CallNow(routine, arguments));

    public static long PointerCount(this KernelTest test, VirtualAddress body) => test.Kernel.Ob.HeaderOf(body).PointerCount;

    /// <summary>ExtensionFlags without the two top bits, which mean nothing here (U-1.15).</summary>
    public static DeviceObjectExtensionFlags ExtensionFlags(this DeviceObject device) =>
        device.DeviceObjectExtension!.Value.ExtensionFlags & (DeviceObjectExtensionFlags)0x3FFF_FFFF;
}

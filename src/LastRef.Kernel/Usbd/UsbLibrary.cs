using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The routines of USBD.SYS that touch no bus: drivers of USB devices call them before they send their first request.</summary>
internal sealed class UsbLibrary(NtKernel kernel)
{
    private const byte InterfaceDescriptor = 4;
    private const int InterfaceDescriptorBytes = 9;

    private MutableTarget Memory => kernel.Memory;

    /// <summary>The interface of the client library and the USB specification that it supports, binary coded.</summary>
    [KernelExport("usbd.sys", MaxIrql = Irql.Dispatch, Doc = "USBD_GetUSBDIVersion, WDK reference; USBDI_VERSION, usb.h")]
    internal void USBD_GetUSBDIVersion(VirtualAddress versionInformation)
    {
        Memory.WriteUInt32(versionInformation, 0x600);
        Memory.WriteUInt32(versionInformation + 4, 0x200);
    }

    /// <summary>The first interface descriptor at or after <paramref name="startPosition"/> that agrees with every criterion; -1 agrees with all.</summary>
    /// <returns>Its address, or null when the configuration holds no more.</returns>
    [KernelExport("usbd.sys", MaxIrql = Irql.Dispatch, Doc = "USBD_ParseConfigurationDescriptorEx, WDK reference; USB 2.0, 9.6")]
    internal VirtualAddress USBD_ParseConfigurationDescriptorEx(
        VirtualAddress configurationDescriptor, VirtualAddress startPosition, int interfaceNumber, int alternateSetting,
        int interfaceClass, int interfaceSubClass, int interfaceProtocol)
    {
        var end = configurationDescriptor + Memory.ReadUInt16(configurationDescriptor + 2);
        var at = startPosition;
        while (at + 2 <= end)
        {
            // A descriptor begins with its length and its type.
            var length = Memory.ReadByte(at);
            if (length < 2 || at + length > end)
                return VirtualAddress.Null;
            if (Memory.ReadByte(at + 1) == InterfaceDescriptor && length >= InterfaceDescriptorBytes
                && Agrees(interfaceNumber, at + 2) && Agrees(alternateSetting, at + 3)
                && Agrees(interfaceClass, at + 5) && Agrees(interfaceSubClass, at + 6) && Agrees(interfaceProtocol, at + 7))
                return at;
            at += length;
        }

        return VirtualAddress.Null;
    }

    private bool Agrees(int wanted, VirtualAddress field) => wanted == -1 || wanted == Memory.ReadByte(field);
}

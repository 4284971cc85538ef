using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The routines of USBD.SYS that touch no bus: drivers of USB devices call them before they send their first request.</summary>
internal sealed class UsbLibrary(NtKernel kernel)
{
    private const byte InterfaceDescriptor = 4;
    private const int InterfaceDescriptorBytes = 9;

    /// <summary>USB 2.0, 9.6.3: bNumInterfaces is a byte.</summary>
    private const int InterfaceLimit = 255;

    /// <summary>USBD_DEFAULT_MAXIMUM_TRANSFER_SIZE (usb.h).</summary>
    private const uint DefaultMaximumTransfer = uint.MaxValue;

    private static readonly uint _tag = PoolTags.Of("Usbd");

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

    /// <summary>A URB that selects a configuration with the interfaces of a list; whoever asked frees it with ExFreePool.</summary>
    /// <param name="interfaceList">USBD_INTERFACE_LIST_ENTRY: an interface descriptor and where its part of the URB is written; null ends it.</param>
    /// <returns>Its address, or null when pool is short.</returns>
    [KernelExport("usbd.sys", MaxIrql = Irql.Dispatch, Doc = "USBD_CreateConfigurationRequestEx, WDK reference; _URB_SELECT_CONFIGURATION, usb.h")]
    internal VirtualAddress USBD_CreateConfigurationRequestEx(VirtualAddress configurationDescriptor, VirtualAddress interfaceList)
    {
        var interfaces = new List<(VirtualAddress Entry, VirtualAddress Descriptor, int Pipes)>();
        for (var entry = interfaceList; interfaces.Count < InterfaceLimit; entry += 16)
        {
            if (Memory.ReadPointer(entry) is not { IsNull: false } descriptor)
                break;
            interfaces.Add((entry, descriptor, Memory.ReadByte(descriptor + 4)));
        }

        var bytes = UrbLayout.SelectConfigurationInterface + interfaces.Sum(i => UrbLayout.InterfaceBytes(i.Pipes));
        var urb = kernel.Ex.AllocateForDriver(paged: false, (ulong)bytes, _tag);
        if (urb.IsNull)
            return urb;
        Memory.Write(urb, new byte[bytes]);
        Memory.WriteUInt16(urb + UrbLayout.Length, (ushort)bytes);
        Memory.WriteUInt16(urb + UrbLayout.Function, UrbFunction.SelectConfiguration);
        Memory.WritePointer(urb + UrbLayout.ConfigurationDescriptor, configurationDescriptor);
        var at = urb + UrbLayout.SelectConfigurationInterface;
        foreach (var (entry, descriptor, pipes) in interfaces)
        {
            Memory.WriteUInt16(at + UrbLayout.InterfaceLength, (ushort)UrbLayout.InterfaceBytes(pipes));
            Memory.WriteByte(at + UrbLayout.InterfaceNumber, Memory.ReadByte(descriptor + 2));
            Memory.WriteByte(at + UrbLayout.InterfaceAlternate, Memory.ReadByte(descriptor + 3));
            Memory.WriteUInt32(at + UrbLayout.InterfacePipeCount, (uint)pipes);
            for (var i = 0; i < pipes; i++)
                Memory.WriteUInt32(at + UrbLayout.InterfacePipes + (i * UrbLayout.PipeBytes) + UrbLayout.PipeMaximumTransfer, DefaultMaximumTransfer);
            Memory.WritePointer(entry + 8, at);
            at += UrbLayout.InterfaceBytes(pipes);
        }

        return urb;
    }

    private bool Agrees(int wanted, VirtualAddress field) => wanted == -1 || wanted == Memory.ReadByte(field);
}

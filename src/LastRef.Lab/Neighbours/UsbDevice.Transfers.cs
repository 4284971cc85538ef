using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Lab;

/// <summary>Configurations, pipes and what goes through them.</summary>
internal sealed partial class UsbDevice
{
    private const uint DirectionIn = 1;
    private const int SetupBytes = 8;

    private uint SelectConfiguration(VirtualAddress urb)
    {
        _openPipes.Clear();
        _alternates.Clear();
        IsConfigured = !Memory.ReadPointer(urb + UrbLayout.ConfigurationDescriptor).IsNull;

        // Without a descriptor the device goes back to its unconfigured state.
        if (!IsConfigured)
            return UsbStatus.Success;
        Memory.WriteUInt64(urb + UrbLayout.ConfigurationHandle, HandleBase);
        var end = urb + Memory.ReadUInt16(urb + UrbLayout.Length);
        for (var at = urb + UrbLayout.SelectConfigurationInterface; at + UrbLayout.InterfacePipes <= end;)
        {
            var status = SelectInterface(at);
            if (status != UsbStatus.Success)
                return status;
            at += Math.Max((int)Memory.ReadUInt16(at + UrbLayout.InterfaceLength), UrbLayout.InterfacePipes);
        }

        return UsbStatus.Success;
    }

    /// <summary>Fills a USBD_INTERFACE_INFORMATION and opens its pipes.</summary>
    private uint SelectInterface(VirtualAddress information)
    {
        var (number, alternate) = (Memory.ReadByte(information + UrbLayout.InterfaceNumber), Memory.ReadByte(information + UrbLayout.InterfaceAlternate));
        var found = _interfaces.FirstOrDefault(i => i.Number == number && i.Interface.Alternate == alternate);
        if (found.Interface is not { } chosen)
            return UsbStatus.InvalidParameter;
        if (UrbLayout.InterfacePipes + (chosen.Endpoints.Count * UrbLayout.PipeBytes) > Memory.ReadUInt16(information + UrbLayout.InterfaceLength))
            return UsbStatus.InvalidParameter;
        _alternates[number] = alternate;
        _openPipes.RemoveWhere(p => (byte)(p >> 16) == number);
        Memory.WriteByte(information + UrbLayout.InterfaceClass, chosen.Class);
        Memory.WriteByte(information + UrbLayout.InterfaceClass + 1, chosen.SubClass);
        Memory.WriteByte(information + UrbLayout.InterfaceClass + 2, chosen.Protocol);
        Memory.WriteUInt64(information + UrbLayout.InterfaceHandle, HandleBase + 0x1000 + number);
        Memory.WriteUInt32(information + UrbLayout.InterfacePipeCount, (uint)chosen.Endpoints.Count);
        for (var i = 0; i < chosen.Endpoints.Count; i++)
        {
            var (endpoint, pipe) = (chosen.Endpoints[i], information + UrbLayout.InterfacePipes + (i * UrbLayout.PipeBytes));
            var handle = HandleBase + ((ulong)number << 16) + 0x8000 + endpoint.Address;
            _openPipes.Add(handle);
            Memory.WriteUInt16(pipe + UrbLayout.PipeMaximumPacket, endpoint.MaxPacket);
            Memory.WriteByte(pipe + UrbLayout.PipeEndpoint, endpoint.Address);
            Memory.WriteByte(pipe + UrbLayout.PipeInterval, endpoint.Interval);
            Memory.WriteUInt32(pipe + UrbLayout.PipeType, (uint)endpoint.Type);
            Memory.WriteUInt64(pipe + UrbLayout.PipeInformationHandle, handle);
        }

        return UsbStatus.Success;
    }

    private async GuestTask<NtStatus?> Transfer(Irp irp, IoStackLocation location, VirtualAddress urb)
    {
        var pipe = Memory.ReadUInt64(urb + UrbLayout.PipeHandle);
        if (!_openPipes.Contains(pipe))
            return await Finish(irp, urb, UsbStatus.InvalidPipeHandle);
        var endpoint = _interfaces.Where(i => i.Number == (byte)(pipe >> 16) && i.Interface.Alternate == _alternates.GetValueOrDefault(i.Number))
            .SelectMany(i => i.Interface.Endpoints).First(e => e.Address == (byte)pipe);

        // What the host sends is taken whole.
        if ((endpoint.Address & 0x80) == 0)
            return await Finish(irp, urb, UsbStatus.Success);
        var given = _readsGiven.GetValueOrDefault(endpoint.Address);
        if (given >= endpoint.Reads.Count)
            return await Keep(irp, location);
        _readsGiven[endpoint.Address] = given + 1;
        return await Answer(irp, urb, endpoint.Reads[given]);
    }

    private async GuestTask<NtStatus?> Control(Irp irp, VirtualAddress urb, ProfileUsbRequestType type) => await Respond(
        irp, urb, type, Memory.ReadByte(urb + UrbLayout.Request), Memory.ReadUInt16(urb + UrbLayout.RequestValue),
        Memory.ReadUInt16(urb + UrbLayout.RequestIndex), (Memory.ReadUInt32(urb + UrbLayout.TransferFlags) & DirectionIn) != 0);

    /// <summary>A control transfer with the eight bytes of its own setup packet (USB 2.0, 9.3).</summary>
    private async GuestTask<NtStatus?> SetupPacket(Irp irp, VirtualAddress urb)
    {
        var setup = new byte[SetupBytes];
        Memory.Read(urb + UrbLayout.SetupPacket, setup);
        var (requestType, request) = (setup[0], setup[1]);
        var (value, index) = ((ushort)(setup[2] | (setup[3] << 8)), (ushort)(setup[4] | (setup[5] << 8)));
        const byte getDescriptor = 6;
        return (requestType & 0x60) switch
        {
            0 when (requestType & 0x80) == 0 => await Finish(irp, urb, UsbStatus.Success),
            0 => await Answer(irp, urb, request == getDescriptor ? Descriptor(setup[3], setup[2]) : null),
            0x20 => await Respond(irp, urb, ProfileUsbRequestType.Class, request, value, index, (requestType & 0x80) != 0),
            _ => await Respond(irp, urb, ProfileUsbRequestType.Vendor, request, value, index, (requestType & 0x80) != 0),
        };
    }

    private async GuestTask<NtStatus?> Respond(
        Irp irp, VirtualAddress urb, ProfileUsbRequestType type, byte request, ushort value, ushort index, bool isIn)
    {
        var known = _usb.Requests.FirstOrDefault(
            r => r.Type == type && r.Request == request && (r.Value ?? value) == value && (r.Index ?? index) == index);
        var isRefused = known is { Answer: null };
        return isIn || isRefused ? await Answer(irp, urb, known?.Answer) : await Finish(irp, urb, UsbStatus.Success);
    }
}

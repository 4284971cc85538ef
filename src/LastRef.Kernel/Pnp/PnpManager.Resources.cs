using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The resource lists that START hands over (Doc: CM_RESOURCE_LIST, IRP_MN_START_DEVICE).</summary>
internal sealed partial class PnpManager
{
    private const ushort PortIo = 1;
    private const ushort PortDecode16 = 0x10;
    private const ushort InterruptLatched = 1;

    /// <summary>CM_RESOURCE_INTERRUPT_MESSAGE (wdm.h).</summary>
    private const ushort InterruptMessage = 2;
    private const byte DeviceExclusive = 1;
    private const byte Shared = 3;

    /// <summary>Vectors of device interrupts begin here; the IRQL of a vector is its upper half (x64).</summary>
    internal const uint FirstDeviceVector = 0x50;

    /// <summary>The vector on which the interrupts of a line come.</summary>
    public static uint VectorOf(ulong line) => FirstDeviceVector + (uint)line;

    /// <summary>Gives a device the resources that its START will hand over; none leaves both lists null.</summary>
    public void AssignResources(PnpDevice device, IReadOnlyList<DeviceResource> resources)
    {
        var node = new DeviceNode(Memory, device.Node);
        node.SetFlags(Memory, resources.Count == 0 ? node.Flags | DeviceNodeFlags.NoResourceRequired : node.Flags & ~DeviceNodeFlags.NoResourceRequired);
        if (resources.Count == 0 && device.Resources.Raw.IsNull)
            return;
        if (!device.Resources.Raw.IsNull)
        {
            _kernel.Ex.PagedPool.Free(device.Resources.Raw);
            _kernel.Ex.PagedPool.Free(device.Resources.Translated);
        }

        device.AssignedResources = resources;
        device.Resources = resources.Count == 0 ? default : (WriteList(resources, translated: false), WriteList(resources, translated: true));
        node.SetResourceList(Memory, device.Resources.Raw);
        node.SetResourceListTranslated(Memory, device.Resources.Translated);
        device.ResourceBytes = null;
        if (resources.Count > 0)
        {
            device.ResourceBytes = new byte[ListBytes(resources.Count)];
            Memory.Read(device.Resources.Raw, device.ResourceBytes);
        }

        SetState(device, NodeState.ResourcesAssigned);
    }

    private VirtualAddress WriteList(IReadOnlyList<DeviceResource> resources, bool translated)
    {
        var address = _kernel.Ex.PagedPool.Allocate((ulong)ListBytes(resources.Count), PoolTags.Pnp, null);
        var list = new CmResourceList(Memory, address);
        list.SetCount(Memory, 1);
        var full = list.FirstDescriptor[0];

        // INTERFACE_TYPE: InterfaceTypeUndefined is -1, Internal 0; the lab's bus is internal.
        full.SetInterfaceType(Memory, 0);
        full.SetBusNumber(Memory, 0);
        var partial = full.PartialResourceList;
        partial.SetVersion(Memory, 1);
        partial.SetRevision(Memory, 1);
        partial.SetCount(Memory, (uint)resources.Count);
        var first = partial.PartialDescriptors[0].Address;
        for (var i = 0; i < resources.Count; i++)
            Write(new CmPartialResourceDescriptor(Memory, first + (i * CmPartialResourceDescriptor.SizeOf(Memory.Layout))), resources[i], translated);
        return address;
    }

    private void Write(CmPartialResourceDescriptor descriptor, DeviceResource resource, bool translated)
    {
        descriptor.SetType(Memory, (byte)resource.Kind);
        if (resource.Kind == DeviceResourceKind.Interrupt)
        {
            // Raw: the line as level and vector. Translated: the IRQL and the vector that IoConnectInterrupt takes.
            var vector = translated ? VectorOf(resource.Start) : (uint)resource.Start;
            descriptor.SetShareDisposition(Memory, Shared);
            descriptor.SetFlags(Memory, resource.Messages == 0 ? InterruptLatched : (ushort)(InterruptLatched | InterruptMessage));
            descriptor.SetInterruptLevel(Memory, (ushort)(translated ? vector >> 4 : vector));
            descriptor.SetInterruptVector(Memory, vector);
            descriptor.SetInterruptAffinity(Memory, 1);
            if (resource.Messages == 0)
                return;

            // A message is one device's own; raw: how many, from that vector on (Doc: CM_PARTIAL_RESOURCE_DESCRIPTOR, u.MessageInterrupt).
            descriptor.SetShareDisposition(Memory, DeviceExclusive);
            if (!translated)
            {
                descriptor.SetInterruptLevel(Memory, 0);
                descriptor.SetMessageCount(Memory, resource.Messages);
            }

            return;
        }

        descriptor.SetShareDisposition(Memory, DeviceExclusive);
        descriptor.SetFlags(Memory, resource.Kind == DeviceResourceKind.Port ? (ushort)(PortIo | PortDecode16) : (ushort)0);
        descriptor.SetStart(Memory, (long)resource.Start);
        descriptor.SetLength(Memory, resource.Length);
    }

    private int ListBytes(int count)
    {
        var list = new CmResourceList(Memory, VirtualAddress.Null);
        var first = list.FirstDescriptor[0].PartialResourceList.PartialDescriptors[0].Address;
        return (int)first.Value + (count * CmPartialResourceDescriptor.SizeOf(Memory.Layout));
    }
}

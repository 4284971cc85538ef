using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Resource requirements: what the bus says, what the drivers make of it, what the device gets (Doc: "Hardware resources").</summary>
internal sealed partial class PnpManager
{
    /// <summary>IO_RESOURCE_DESCRIPTOR.Option: an alternative to the descriptor before it (wdm.h).</summary>
    private const uint MessageToken = 0xFFFF_FFFE;
    private const byte AlternativeOption = 8;

    /// <summary>Asks for the requirements, has the drivers filter them, and chooses from the first list.</summary>
    /// <remarks>A device without requirements keeps what it has. What it has stays where it is when it still fits.</remarks>
    private async GuestTask Arbitrate(PnpDevice device)
    {
        var (status, information) = await SendPnp(device, PnpMinor.QueryResourceRequirements);
        if (!status.IsSuccess || information == 0)
            return;
        var list = new VirtualAddress(information);
        (status, information) = await _kernel.Io.SendSynchronous(
            TopOf(device.Pdo), NtStatus.NotSupported,
            location =>
            {
                location.SetMajorFunction(Memory, IrpMajor.Pnp);
                location.SetMinorFunction(Memory, (byte)PnpMinor.FilterResourceRequirements);
                location.SetFilterResourceRequirements(Memory, list);
            },
            initialInformation: list.Value);

        // A driver that makes a list of its own frees the one that it got (Doc: IRP_MN_FILTER_RESOURCE_REQUIREMENTS).
        if (status.IsSuccess && information != 0)
            list = new VirtualAddress(information);
        var node = new DeviceNode(Memory, device.Node);
        if (!node.ResourceRequirements.IsNull && node.ResourceRequirements != list)
            _kernel.Ex.FreePool(node.ResourceRequirements);
        node.SetResourceRequirements(Memory, list);
        AssignResources(device, Choose(new IoResourceRequirementsList(Memory, list), device.AssignedResources));
    }

    private List<DeviceResource> Choose(IoResourceRequirementsList requirements, IReadOnlyList<DeviceResource> current)
    {
        const uint limit = 256;
        var chosen = new List<DeviceResource>();
        if (requirements.AlternativeLists == 0)
            return chosen;
        var list = requirements.FirstList[0];
        if (list.Count > limit)
            throw MachineStopException.Unsupported(UnsupportedKind.Limit, $"a resource requirements list with {list.Count} descriptors");
        for (var i = 0; i < (int)list.Count; i++)
        {
            var descriptor = list.Descriptors[i];
            if ((descriptor.Option & AlternativeOption) != 0)
                continue;
            var kind = (DeviceResourceKind)descriptor.Type;
            if (!Enum.IsDefined(kind))
                throw MachineStopException.Unsupported(UnsupportedKind.Case, $"a required resource of type {descriptor.Type}");
            var isMessage = kind == DeviceResourceKind.Interrupt && (descriptor.Flags & InterruptMessage) != 0;
            if (isMessage)
            {
                chosen.Add(ChooseMessages(descriptor, current, chosen));
                continue;
            }

            var (low, high, length) = kind == DeviceResourceKind.Interrupt
                ? (descriptor.MinimumVector, descriptor.MaximumVector, 0u)
                : ((ulong)descriptor.MinimumAddress, (ulong)descriptor.MaximumAddress, descriptor.Length);
            var now = current.Where(r => r.Kind == kind && r.Messages == 0).Skip(chosen.Count(c => c.Kind == kind && c.Messages == 0)).FirstOrDefault();
            var fits = now is not null && now.Start >= low && now.Start + Math.Max(length, 1) - 1 <= high;
            chosen.Add(new DeviceResource(kind, fits ? now!.Start : low, length));
        }

        return chosen;
    }

    /// <summary>Messages keep their vectors; a device that has none yet gets lines that no wire has.</summary>
    private static DeviceResource ChooseMessages(IoResourceDescriptor descriptor, IReadOnlyList<DeviceResource> current, List<DeviceResource> chosen)
    {
        const ulong firstLine = 0x60;
        var count = (ushort)(descriptor.MaximumVector - descriptor.MinimumVector + 1);
        var now = current.Where(r => r.Messages > 0).Skip(chosen.Count(c => c.Messages > 0)).FirstOrDefault();
        var start = now is not null && now.Messages == count ? now.Start : firstLine + (ulong)chosen.Sum(c => c.Messages);
        return new DeviceResource(DeviceResourceKind.Interrupt, start, 0) { Messages = count };
    }

    /// <summary>A requirements list that a bus driver of the lab reports: each resource where it is, or elsewhere of the same size.</summary>
    internal VirtualAddress WriteRequirements(IReadOnlyList<DeviceResource> resources)
    {
        var empty = new IoResourceRequirementsList(Memory, VirtualAddress.Null);
        var first = empty.FirstList[0].Descriptors[0].Address.Value;
        var bytes = first + (ulong)(resources.Count * IoResourceDescriptor.SizeOf(Memory.Layout));
        var requirements = new IoResourceRequirementsList(Memory, _kernel.Ex.PagedPool.Allocate(bytes, PoolTags.Pnp, null));
        requirements.SetListSize(Memory, (uint)bytes);
        requirements.SetAlternativeLists(Memory, 1);
        var list = requirements.FirstList[0];
        list.SetVersion(Memory, 1);
        list.SetRevision(Memory, 1);
        list.SetCount(Memory, (uint)resources.Count);
        for (var i = 0; i < resources.Count; i++)
        {
            var (descriptor, resource) = (list.Descriptors[i], resources[i]);
            descriptor.SetType(Memory, (byte)resource.Kind);
            if (resource.Kind == DeviceResourceKind.Interrupt)
            {
                descriptor.SetShareDisposition(Memory, Shared);
                descriptor.SetFlags(Memory, InterruptLatched);
                descriptor.SetMinimumVector(Memory, (uint)resource.Start);
                descriptor.SetMaximumVector(Memory, (uint)resource.Start);
                if (resource.Messages > 0)
                {
                    // CM_RESOURCE_INTERRUPT_MESSAGE_TOKEN ends the range, whose length is the number of messages (wdm.h).
                    descriptor.SetShareDisposition(Memory, DeviceExclusive);
                    descriptor.SetFlags(Memory, InterruptLatched | InterruptMessage);
                    descriptor.SetMaximumVector(Memory, MessageToken);
                    descriptor.SetMinimumVector(Memory, MessageToken - resource.Messages + 1u);
                }

                continue;
            }

            descriptor.SetShareDisposition(Memory, DeviceExclusive);
            descriptor.SetFlags(Memory, resource.Kind == DeviceResourceKind.Port ? (ushort)(PortIo | PortDecode16) : (ushort)0);
            descriptor.SetLength(Memory, resource.Length);
            descriptor.SetAlignment(Memory, 1);
            descriptor.SetMinimumAddress(Memory, (long)resource.Start);
            descriptor.SetMaximumAddress(Memory, (long)(resource.Start + resource.Length - 1));
        }

        return requirements.Address;
    }
}

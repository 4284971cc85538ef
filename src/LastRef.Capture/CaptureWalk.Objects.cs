using System.Buffers.Binary;
using LastRef.Nt;

namespace LastRef;

/// <summary>Driver and device objects, their names and their nodes.</summary>
internal sealed partial class CaptureWalk
{
    /// <summary>_OBJECT_HEADER up to its Body (U-1.22).</summary>
    private const int ObjectHeaderBytes = 0x30;

    private const int InfoBlockBytes = 0x20;
    private const int DirectoryDepth = 16;
    private const short DriverType = 4;
    private const short DeviceType = 3;
    private readonly HashSet<VirtualAddress> _listed = [];

    private void WalkDriver()
    {
        if (roots.DriverObject.IsNull || roots.DriverObjectExists == false)
            return;
        var driver = new DriverObject(target, roots.DriverObject);
        _driver = Try("the driver object", driver.Address, () => ReadDriver(driver));
    }

    private CapturedDriver? ReadDriver(DriverObject driver)
    {
        if (driver.Type != DriverType || driver.Size != DriverObject.SizeOf(target.Layout))
        {
            if (roots.DriverObjectExists == true)
                _gaps.Add($"the driver object at {driver.Address} is overwritten: Type {driver.Type}, Size 0x{driver.Size:x}");
            return null;
        }

        var header = HeaderOf(driver.Address);
        var devices = driver.Devices(roots.Limit);
        NoteEnd("the driver's device list", devices);
        foreach (var device in devices.Items)
            _listed.Add(device.Address);
        var hasName = NameOf(driver.Address) is not null;
        return new CapturedDriver(
            driver.Address, NameOf(driver.Address) ?? driver.DriverName.TryToText(out _, 260), hasName, driver.Flags,
            driver.DriverUnload, driver.DriverExtension?.AddDevice ?? default, driver.DriverSection?.Address ?? default,
            driver.DriverStart, driver.DriverSize, header.PointerCount, header.HandleCount,
            new Walk<VirtualAddress>([.. devices.Items.Select(d => d.Address)], devices.End, devices.At, devices.Failure))
        {
            FirstDevice = driver.DeviceObject?.Address ?? default,
            BrokenDevice = devices.Items.Select(device => device.Address).FirstOrDefault(device => !IsDevice(device)),
            IsPermanent = (header.Flags & ObjectHeaderFlags.Permanent) != 0,
        };
    }

    /// <summary>The driver's devices wherever they are, then what stands above and below them.</summary>
    private void WalkDevices()
    {
        if (_driver is not null)
        {
            foreach (var device in _driver.Devices.Items)
                AddDevice(device);
        }

        foreach (var address in roots.DeviceObjects)
        {
            var owner = Try("the device object", address, () => (object)(new DeviceObject(target, address).DriverObject?.Address ?? default));
            if (owner is VirtualAddress driver && driver == roots.DriverObject && !driver.IsNull)
                AddDevice(address);
        }

        foreach (var device in _devices.Values.ToList())
        {
            var view = new DeviceObject(target, device.Address);
            var above = view.DevicesAbove(roots.Limit);
            var below = view.DevicesBelow(roots.Limit);
            NoteEnd($"the stack above {device.Address}", above);
            NoteEnd($"the stack below {device.Address}", below);
            _devices[device.Address] = device with
            {
                Above = [.. above.Items.Select(d => d.Address)],
                Below = [.. below.Items.Select(d => d.Address)],
            };
            foreach (var other in above.Items.Concat(below.Items))
                AddDevice(other.Address);
        }
    }

    private bool IsDevice(VirtualAddress address)
    {
        Span<byte> type = stackalloc byte[2];
        return target.TryRead(address, type, out _) && BinaryPrimitives.ReadInt16LittleEndian(type) == DeviceType;
    }

    private void AddDevice(VirtualAddress address)
    {
        if (_devices.ContainsKey(address))
            return;
        if (Try("the device object", address, () => ReadDevice(new DeviceObject(target, address))) is { } device)
            _devices.Add(address, device);
    }

    private CapturedDevice? ReadDevice(DeviceObject device)
    {
        if (device.Type != DeviceType)
        {
            _gaps.Add($"what should be a device object at {device.Address} has Type {device.Type}");
            return null;
        }

        var header = HeaderOf(device.Address);
        var extension = device.DeviceObjectExtension;
        var driver = device.DriverObject?.Address ?? default;
        return new CapturedDevice(
            device.Address, driver, DriverNameOf(driver), NameOf(device.Address), _listed.Contains(device.Address),
            device.ReferenceCount, header.PointerCount, header.HandleCount, device.Flags,
            extension?.ExtensionFlags ?? 0, device.AttachedDevice?.Address ?? default,
            extension?.AttachedTo?.Address ?? default, extension?.DeviceNode?.Address ?? default)
        {
            Volume = Try("the volume parameter block", device.VpbAddress, () => ReadVolume(device)),
        };
    }

    /// <summary>What is mounted on a storage device; the file system's own device may have the block too, and stands on nothing.</summary>
    private CapturedVolume? ReadVolume(DeviceObject device)
    {
        if (device.Vpb is not { } vpb || (vpb.Flags & VpbFlags.Mounted) == 0 || vpb.RealDevice?.Address != device.Address || vpb.DeviceObject is not { } volume)
            return null;
        var driver = volume.DriverObject?.Address ?? default;
        return new CapturedVolume(vpb.Address, volume.Address, driver, DriverNameOf(driver), vpb.ReferenceCount);
    }

    /// <summary>The file name of a driver's image where it is loaded, else the name of its object.</summary>
    private string? DriverNameOf(VirtualAddress address)
    {
        if (address.IsNull)
            return null;
        return Try("the driver object", address, () =>
        {
            var driver = new DriverObject(target, address);
            var start = driver.DriverStart;
            var module = _modules.Find(m => m.Base == start);
            return module?.Name ?? driver.DriverName.TryToText(out _, 260);
        });
    }

    private void WalkNodes()
    {
        foreach (var device in _devices.Values.Where(d => !d.DeviceNode.IsNull))
        {
            var node = new DeviceNode(target, device.DeviceNode);
            if (Try("the device node", node.Address, () => ReadNode(node)) is { } read)
                _nodes.Add(read);
        }
    }

    private CapturedDeviceNode ReadNode(DeviceNode node)
    {
        var state = node.State;
        var name = target.Layout.Enumeration("_PNP_DEVNODE_STATE")?.NameOf(state) ?? $"0x{state:x}";
        return new CapturedDeviceNode(
            node.Address, node.PhysicalDeviceObject?.Address ?? default, node.InstancePath.ToText(260),
            node.ServiceName.ToText(260), name, node.Problem)
        {
            Parent = node.Parent?.Address ?? default,
            UserFlags = node.UserFlags,
        };
    }

    private void WalkLinks()
    {
        foreach (var address in roots.SymbolicLinks.Take(roots.Limit))
        {
            var link = Try("the symbolic link", address, () =>
                NameOf(address) is { } name
                    ? new CapturedLink(address, name, new SymbolicLinkObject(target, address).LinkTarget.ToText(260))
                    : null);
            if (link is not null)
                _links.Add(link);
        }
    }

    private ObjectHeader HeaderOf(VirtualAddress body) => new(target, body - ObjectHeaderBytes);

    /// <summary>An object's full name; null when it has none or its name was taken out of the namespace (U-1.25).</summary>
    private string? NameOf(VirtualAddress body)
    {
        var parts = new List<string>();
        for (var depth = 0; depth < DirectoryDepth; depth++)
        {
            var header = HeaderOf(body);
            if ((header.InfoMask & ObjectInfoMask.NameInfo) == 0)
                break;
            // Optional blocks lie before the header, those of lower bits nearer to it (U-1.24).
            var creator = (header.InfoMask & ObjectInfoMask.CreatorInfo) != 0 ? InfoBlockBytes : 0;
            var info = new ObjectHeaderNameInfo(target, header.Address - creator - InfoBlockBytes);
            if (info.Directory is not { } directory)
                break;
            parts.Insert(0, info.Name.ToText(260));
            body = directory.Address;
        }

        return parts.Count == 0 ? null : "\\" + string.Join('\\', parts);
    }
}

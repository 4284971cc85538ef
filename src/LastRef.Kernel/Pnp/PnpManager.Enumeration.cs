using System.Text;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Finding children: bus relations, their ids, their stacks (spec 5.8).</summary>
internal sealed partial class PnpManager
{
    private const string ClassKey = @"\Registry\Machine\System\CurrentControlSet\Control\Class\";
    private readonly Dictionary<string, DeviceIdentity> _inf = new(StringComparer.OrdinalIgnoreCase);
    private LabBus? _bus;
    private int _plugged;

    /// <summary>The lab's own bus.</summary>
    public LabBus Bus => _bus ?? throw new InvariantException("The PnP manager is not booted.");

    /// <summary>Says which drivers a device with this hardware id gets, as an INF file would.</summary>
    public void RegisterInf(string hardwareId, DeviceIdentity drivers) => _inf[hardwareId] = drivers;

    /// <summary>Plugs a device into the lab's bus, builds its stack and starts it.</summary>
    /// <returns>The device, and the status of the step that failed.</returns>
    public async GuestTask<PnpDevice> Arrive(DeviceIdentity identity)
    {
        var pdo = await Bus.Plug(identity, _plugged++);
        var device = AddToTree(pdo, identity, Root);
        AssignResources(device, identity.Resources);
        return device;
    }

    /// <summary>Asks a started device for its children; new ones get stacks, missing ones are removed (U-5.30).</summary>
    private async GuestTask EnumerateLocked(PnpDevice device)
    {
        SetState(device, NodeState.EnumeratePending);
        var answer = await QueryRelations(device, BusRelations);
        SetState(device, NodeState.EnumerateCompletion);
        SetState(device, NodeState.Started);
        if (answer is not { } reported)
            return;
        var known = device.Children.Select(c => c.Pdo.Address).ToHashSet();
        var fresh = new List<PnpDevice>();
        foreach (var pdo in reported.Where(p => !known.Contains(p)))
            fresh.Add(await AddChild(device, new DeviceObject(Memory, pdo)));
        foreach (var pdo in reported)
            await _kernel.Ob.Dereference(pdo, ReferenceCause.DeviceRelations, device.Node);
        var present = reported.ToHashSet();
        foreach (var gone in device.Children.Where(c => !present.Contains(c.Pdo.Address) && !c.IsSurpriseRemoved).ToArray())
            await SurpriseRemoveLocked(gone, DeviceProblem.DeviceNotThere);
        foreach (var child in fresh)
        {
            if (child.Identity is { Service: null, RawDeviceOk: false })
            {
                // Nobody can drive it: it is in the tree and not started (CM_PROB_FAILED_INSTALL).
                SetProblem(child, DeviceProblem.FailedInstall, NtStatus.Success);
            }
            else if ((await BuildStackLocked(child)).IsSuccess)
                await StartLocked(child);
        }
    }

    private async GuestTask<PnpDevice> AddChild(PnpDevice parent, DeviceObject pdo)
    {
        pdo.SetFlags(Memory, pdo.Flags & ~DeviceFlags.DeviceInitializing);
        var deviceId = await QueryId(pdo, 0) ?? throw BadId(pdo, "no device id");
        var instance = await QueryId(pdo, 3) ?? "0";
        var hardware = await QueryId(pdo, 1);
        var (hasUniqueId, rawDeviceOk, _) = await QueryCapabilities(pdo);
        var path = $@"{deviceId}\{(hasUniqueId ? "" : InstancePrefix(parent))}{instance}";
        // U-5.37: one that was pulled out and waits for its closes is another device, though it had the same path.
        if (_byPath.TryGetValue(path, out var twin) && twin is { IsDeleted: false, IsMissing: false })
        {
            // U-5.77: two children with one instance path.
            throw MachineStopException.BugCheck(0xCA, $"two devices report the instance path {path}", 1, pdo.Address.Value);
        }

        var ids = hardware?.Split('\0', StringSplitOptions.RemoveEmptyEntries) ?? [];
        var inf = ids.Select(i => _inf.GetValueOrDefault(i)).FirstOrDefault(i => i is not null);
        var identity = (inf ?? new DeviceIdentity { InstancePath = path }) with { InstancePath = path, HardwareIds = ids, RawDeviceOk = rawDeviceOk };
        return AddToTree(pdo, identity, parent);
    }

    /// <summary>Makes an instance id that is unique on its bus unique in the system (Doc: DEVICE_CAPABILITIES, UniqueID).</summary>
    /// <remarks>Level, a number made from the parent's path, and an ordinal, as in the paths that Device Manager shows.</remarks>
    private static string InstancePrefix(PnpDevice parent)
    {
        var level = 0;
        for (var above = parent; above is not null; above = above.Parent)
            level++;

        // FNV-1a over the parent's path.
        var hash = 2166136261u;
        foreach (var c in parent.Identity.InstancePath.ToUpperInvariant())
            hash = unchecked((hash ^ c) * 16777619u);
        return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{level:x}&{hash:x}&0&");
    }

    private static MachineStopException BadId(DeviceObject pdo, string what) =>
        MachineStopException.BugCheck(0xCA, $"a bus driver reported a device with {what}", 3, pdo.Address.Value);

    private async GuestTask<string?> QueryId(DeviceObject pdo, uint type)
    {
        var (status, information) = await _kernel.Io.SendSynchronous(TopOf(pdo), NtStatus.NotSupported, location =>
        {
            location.SetMajorFunction(Memory, IrpMajor.Pnp);
            location.SetMinorFunction(Memory, (byte)PnpMinor.QueryId);
            location.SetQueryIdType(Memory, type);
        });
        if (!status.IsSuccess || information == 0)
            return null;
        var address = new VirtualAddress(information);
        var text = ReadId(address, multi: type is 1 or 2);
        _kernel.Ex.FreePool(address);
        return text;
    }

    private string ReadId(VirtualAddress address, bool multi)
    {
        const int limit = 4096;
        var text = new StringBuilder();
        for (var i = 0; i < limit; i++)
        {
            var c = (char)Memory.ReadUInt16(address + (2 * i));
            if (c == 0 && (!multi || (text.Length > 0 && text[^1] == '\0')))
                break;
            text.Append(c);
        }

        return text.ToString();
    }

    private void BootRootDriver()
    {
        _bus = new LabBus(_kernel);
        _root = new PnpDevice(CreateNode(null, @"HTREE\ROOT\0", VirtualAddress.Null), default, new DeviceIdentity { InstancePath = @"HTREE\ROOT\0" }, null);
        _kernel.RunAtBoot(_ => _bus.Initialize());
    }

    private void WriteDeviceKeys(PnpDevice device)
    {
        var key = _kernel.Cm.CreateKey(EnumKey + device.Identity.InstancePath);
        key.SetValue(RegistryValue.String("ClassGUID", device.Identity.ClassGuid));
        key.SetValue(RegistryValue.String("DeviceDesc", device.Identity.Description));
        if (device.Identity.HardwareIds.Count > 0)
            key.SetValue(RegistryValue.Strings("HardwareID", device.Identity.HardwareIds));
        if (device.Identity.Service is { } service)
            key.SetValue(RegistryValue.String("Service", service));
        if (device.Identity.CompatibleIds.Count > 0)
            key.SetValue(RegistryValue.Strings("CompatibleIDs", device.Identity.CompatibleIds));
        key.SetValue(RegistryValue.String("Mfg", "LastRef"));
        key.Create("Device Parameters");
        if (key.FindValue("Driver") is not null)
            return;
        var software = $@"{device.Identity.ClassGuid}\{_devices.Count - 1:D4}";
        key.SetValue(RegistryValue.String("Driver", software));
        _kernel.Cm.CreateKey(ClassKey + software);
    }
}

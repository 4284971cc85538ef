using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The PnP manager: the device tree, building stacks, starting and removing devices (spec section 5).</summary>
internal sealed partial class PnpManager(NtKernel kernel)
{
    /// <summary>DEVICE_REMOVAL_POLICY, RemovalPolicyExpectSurpriseRemoval (wdm.h).</summary>
    private const byte ExpectSurpriseRemoval = 3;

    private readonly NtKernel _kernel = kernel;
    private readonly List<PnpDevice> _devices = [];
    private readonly Dictionary<VirtualAddress, PnpDevice> _byPdo = [];
    private readonly Dictionary<string, PnpDevice> _byPath = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<NodeState, int> _stateValues = [];
    private PnpDevice? _root;

    private MutableTarget Memory => _kernel.Memory;

    /// <summary>Devices that are or were in the tree, oldest first.</summary>
    public IReadOnlyList<PnpDevice> Devices => _devices;

    /// <summary>The root of the device tree (HTREE\ROOT\0).</summary>
    public PnpDevice Root => _root ?? throw new InvariantException("The PnP manager is not booted.");

    public void Boot() => BootRootDriver();

    public PnpDevice? DeviceOfPdo(VirtualAddress pdo) => _byPdo.GetValueOrDefault(pdo);

    /// <summary>Enters a device that a bus driver reported.</summary>
    /// <remarks>The devnode holds one reference on the PDO (U-1.65).</remarks>
    public PnpDevice AddToTree(DeviceObject pdo, DeviceIdentity identity, PnpDevice parent)
    {
        var node = CreateNode(pdo, identity.InstancePath, parent.Node);
        var device = new PnpDevice(node, pdo, identity, parent);
        _devices.Add(device);
        _byPdo[pdo.Address] = device;
        _byPath[identity.InstancePath] = device;
        parent.Children.Add(device);
        _kernel.Ob.Reference(pdo.Address, ReferenceCause.DeviceNode, node);
        pdo.SetFlags(Memory, pdo.Flags | DeviceFlags.BusEnumeratedDevice);
        ExtensionOf(pdo).SetDeviceNode(Memory, new DeviceNode(Memory, node));
        WriteDeviceKeys(device);
        var view = new DeviceNode(Memory, node);
        view.SetFlags(Memory, DeviceNodeFlags.Enumerated | DeviceNodeFlags.IdsQueried);
        view.SetLevel(Memory, new DeviceNode(Memory, parent.Node).Level + 1);
        view.SetRemovalPolicy(Memory, ExpectSurpriseRemoval);
        if (identity.Service is { } service)
            _kernel.Rtl.WriteString(view.ServiceName, service, PoolTags.Pnp);
        SetState(device, NodeState.Initialized);
        QueueInstanceChange(device, InstanceChange.Enumerated);
        return device;
    }

    internal static DeviceObjectExtension ExtensionOf(DeviceObject device) =>
        device.DeviceObjectExtension ?? throw new TargetReadException(VirtualAddress.Null, ReadFailure.NotMapped);

    /// <summary>The device at the top of a stack.</summary>
    internal static DeviceObject TopOf(DeviceObject device) => StackAbove(device)[^1];

    /// <summary>A device and all those attached above it, from the bottom up.</summary>
    internal static List<DeviceObject> StackAbove(DeviceObject bottom)
    {
        const int limit = 256;
        var stack = new List<DeviceObject>();
        for (DeviceObject? device = bottom; device is { } d; device = d.AttachedDevice)
        {
            if (stack.Count >= limit)
                throw MachineStopException.Unsupported(UnsupportedKind.Limit, $"a device stack is higher than {limit} devices");
            stack.Add(d);
        }

        return stack;
    }

    private VirtualAddress CreateNode(DeviceObject? pdo, string instancePath, VirtualAddress parent)
    {
        var address = _kernel.Ex.NonPagedPool.Allocate((ulong)DeviceNode.SizeOf(Memory.Layout), PoolTags.DeviceNode, null);
        var node = new DeviceNode(Memory, address);
        node.SetPhysicalDeviceObject(Memory, pdo);
        node.SetState(Memory, NodeStateOf(NodeState.Uninitialized));
        node.SetPreviousState(Memory, NodeStateOf(NodeState.Unspecified));
        _kernel.Rtl.WriteString(node.InstancePath, instancePath, PoolTags.Pnp);
        var list = node.TargetDeviceNotify.Address;
        Memory.WritePointer(list, list);
        Memory.WritePointer(list + 8, list);
        if (!parent.IsNull)
        {
            var above = new DeviceNode(Memory, parent);
            node.SetParent(Memory, above);
            if (above.LastChild is { } last)
                last.SetSibling(Memory, node);
            else
                above.SetChild(Memory, node);
            above.SetLastChild(Memory, node);
        }

        return address;
    }

    /// <summary>Takes a devnode out of the tree and drops its reference on the PDO.</summary>
    private async GuestTask DeleteNode(PnpDevice device)
    {
        if (device.IsDeleted)
            return;
        device.IsDeleted = true;
        device.Parent?.Children.Remove(device);
        _byPdo.Remove(device.Pdo.Address);
        if (_byPath.GetValueOrDefault(device.Identity.InstancePath) == device)
            _byPath.Remove(device.Identity.InstancePath);
        SetState(device, NodeState.Deleted);
        QueueInstanceChange(device, InstanceChange.Removed);
        var node = new DeviceNode(Memory, device.Node);
        if (node.Parent is { } parent)
        {
            DeviceNode? previous = null;
            for (var child = parent.Child; child is { } c && c.Address != device.Node; child = c.Sibling)
                previous = c;
            if (previous is { } before)
                before.SetSibling(Memory, node.Sibling);
            else
                parent.SetChild(Memory, node.Sibling);
            if (parent.LastChild?.Address == device.Node)
                parent.SetLastChild(Memory, previous);
        }

        if (_kernel.Ob.HeaderOf(device.Pdo.Address).PointerCount > 0)
        {
            ExtensionOf(device.Pdo).SetDeviceNode(Memory, null);
            await _kernel.Ob.Dereference(device.Pdo.Address, ReferenceCause.DeviceNode, device.Node);
        }
    }

    /// <summary>The state in the devnode; null when it has a value that this build has no name for.</summary>
    internal NodeState? StateOf(PnpDevice device)
    {
        var value = new DeviceNode(Memory, device.Node).State;
        foreach (var state in Enum.GetValues<NodeState>())
        {
            if (NodeStateOf(state) == value)
                return state;
        }

        return null;
    }

    private void SetState(PnpDevice device, NodeState state)
    {
        var node = new DeviceNode(Memory, device.Node);
        var value = NodeStateOf(state);
        node.SetPreviousState(Memory, node.State);
        node.StateHistory.Set(Memory, (int)(node.StateHistoryEntry % 20), node.State);
        node.SetStateHistoryEntry(Memory, (node.StateHistoryEntry + 1) % 20);
        node.SetState(Memory, value);
    }

    /// <summary>The value of a state in the build that runs, by its name in the public symbols (U-1.55, U-1.56).</summary>
    private int NodeStateOf(NodeState state)
    {
        if (_stateValues.TryGetValue(state, out var known))
            return known;
        var name = "DeviceNode" + state;
        if (Memory.Layout.Enumeration("_PNP_DEVNODE_STATE") is not { } states || !states.TryGetValue(name, out var value))
            throw new InvariantException($"The layout of {_kernel.Build} has no {name}.");
        return _stateValues[state] = (int)value;
    }
}

using LastRef.Nt;

namespace LastRef;

/// <summary>The tree of device nodes.</summary>
public sealed partial class MachineSurvey
{
    private const int NodeDepth = 64;
    private IReadOnlyList<SurveyedNode>? _nodes;

    /// <summary>All nodes, each after its parent.</summary>
    public IReadOnlyList<SurveyedNode> Nodes => _nodes ??= ReadNodes();

    /// <summary>The root: the kernel's variable, or what stands above a device of <c>\Driver\PnpManager</c> when no symbols tell it (dump-format 3.3).</summary>
    public VirtualAddress RootNode
    {
        get
        {
            if (_machine.Find("IopRootDeviceNode") is { } variable && TryPointer(variable, out var root) && root.IsKernel)
                return root;
            var manager = Drivers.FirstOrDefault(driver => driver.ShortName.Equals("PnpManager", StringComparison.OrdinalIgnoreCase));
            foreach (var address in manager?.Devices.Items ?? [])
            {
                if (DeviceAt(address) is { DeviceNode.IsNull: false } device)
                    return Climb(device.DeviceNode);
            }

            return default;
        }
    }

    private VirtualAddress Climb(VirtualAddress node)
    {
        for (var depth = 0; depth < NodeDepth; depth++)
        {
            if (!TryPointer(new DeviceNode(Target, node).ParentAddress, out var parent))
                return default;
            if (parent.IsNull)
                return node;
            node = parent;
        }

        return default;
    }

    private List<SurveyedNode> ReadNodes()
    {
        var root = RootNode;
        if (root.IsNull)
        {
            Gap("the device tree: its root is not known");
            return [];
        }

        var nodes = new List<SurveyedNode>();
        var seen = new HashSet<VirtualAddress>();
        var todo = new Stack<(VirtualAddress Node, int Depth)>();
        todo.Push((root, 0));
        while (todo.TryPop(out var next))
        {
            if (!seen.Add(next.Node))
            {
                Gap($"the device tree runs in a circle at {next.Node}");
                continue;
            }

            if (nodes.Count >= _options.ListLimit || next.Depth > NodeDepth)
            {
                Gap($"the device tree: stopped after {nodes.Count} nodes at depth {next.Depth}");
                break;
            }

            var view = new DeviceNode(Target, next.Node);
            if (next.Node.IsKernel && Try("the device node", next.Node, () => ReadNode(view, next.Depth)) is { } node)
                nodes.Add(node);
            // The sibling goes on the stack first: children then come before it.
            if (next.Depth > 0 && TryPointer(view.SiblingAddress, out var sibling) && !sibling.IsNull)
                todo.Push((sibling, next.Depth));
            if (TryPointer(view.ChildAddress, out var child) && !child.IsNull)
                todo.Push((child, next.Depth + 1));
        }

        return nodes;
    }

    private SurveyedNode ReadNode(DeviceNode node, int depth)
    {
        var state = node.State;
        return new SurveyedNode(
            node.Address, depth, node.PhysicalDeviceObject?.Address ?? default, TextOf(node.InstancePath), TextOf(node.ServiceName),
            Layout.Enumeration("_PNP_DEVNODE_STATE")?.NameOf(state) ?? $"0x{state:x}", (uint)node.Flags, node.Problem)
        {
            UserFlags = node.UserFlags,
        };
    }
}

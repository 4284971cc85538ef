using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The links of an RTL_AVL_TABLE. A side is -1 for left and 1 for right; a node's balance is the side that is deeper.</summary>
/// <remarks>Height-balanced trees after Adelson-Velsky and Landis, with parent links (Doc: RTL_BALANCED_LINKS, ntddk.h).</remarks>
internal readonly struct AvlTree(MutableTarget memory, RtlAvlTable table)
{
    private VirtualAddress Sentinel => table.BalancedRoot.Address;

    /// <summary>The leftmost node; null for an empty tree.</summary>
    public RtlBalancedLinks? First() => table.BalancedRoot.RightChild is { } root ? Outermost(root, -1) : null;

    /// <summary>The next node on a side in the order; null at its end.</summary>
    public RtlBalancedLinks? Neighbour(RtlBalancedLinks node, int side)
    {
        if (Child(node, side) is { } below)
            return Outermost(below, -side);
        for (var parent = Parent(node); parent.Address != Sentinel; parent = Parent(node))
        {
            if (SideOf(node, parent) != side)
                return parent;
            node = parent;
        }

        return null;
    }

    /// <summary>Hangs a new node below another and restores the balance.</summary>
    public void Insert(RtlBalancedLinks node, RtlBalancedLinks parent, int side)
    {
        Link(parent, side, node);
        while (parent.Address != Sentinel)
        {
            side = SideOf(node, parent);
            if (parent.Balance == -side)
            {
                parent.SetBalance(memory, 0);
                return;
            }

            if (parent.Balance == side)
            {
                Rotate(parent, side);
                return;
            }

            parent.SetBalance(memory, (sbyte)side);
            (node, parent) = (parent, Parent(parent));
        }

        table.SetDepthOfTree(memory, table.DepthOfTree + 1);
    }

    /// <summary>Takes a node out and restores the balance.</summary>
    public void Remove(RtlBalancedLinks node)
    {
        // A node with two children gives its place to the next one, which has at most one child.
        var leaving = node.LeftChild is not null && node.RightChild is { } right ? Outermost(right, -1) : node;
        var parent = Parent(leaving);
        var side = SideOf(leaving, parent);
        Link(parent, side, leaving.LeftChild ?? leaving.RightChild);
        Shrink(parent, side);
        if (leaving.Address == node.Address)
            return;
        var above = Parent(node);
        Link(above, SideOf(node, above), leaving);
        Link(leaving, -1, node.LeftChild);
        Link(leaving, 1, node.RightChild);
        leaving.SetBalance(memory, node.Balance);
    }

    /// <summary>The subtree on a side of a node has become one level lower.</summary>
    private void Shrink(RtlBalancedLinks node, int side)
    {
        while (node.Address != Sentinel)
        {
            var parent = Parent(node);
            var sideAbove = SideOf(node, parent);
            if (node.Balance == 0)
            {
                node.SetBalance(memory, (sbyte)-side);
                return;
            }

            if (node.Balance == side)
                node.SetBalance(memory, 0);
            else if (!Rotate(node, -side))
                return;
            (node, side) = (parent, sideAbove);
        }

        table.SetDepthOfTree(memory, table.DepthOfTree - 1);
    }

    /// <summary>Lifts the child on the side that is two levels deeper, or that child's inner child.</summary>
    /// <returns>Whether the subtree became lower.</returns>
    private bool Rotate(RtlBalancedLinks node, int side)
    {
        var child = Child(node, side) ?? throw Corrupt(node);
        if (child.Balance == -side)
        {
            var inner = Child(child, -side) ?? throw Corrupt(child);
            Lift(inner, child, -side);
            Lift(inner, node, side);
            node.SetBalance(memory, (sbyte)(inner.Balance == side ? -side : 0));
            child.SetBalance(memory, (sbyte)(inner.Balance == -side ? side : 0));
            inner.SetBalance(memory, 0);
            return true;
        }

        var wasEven = child.Balance == 0;
        Lift(child, node, side);
        node.SetBalance(memory, (sbyte)(wasEven ? side : 0));
        child.SetBalance(memory, (sbyte)(wasEven ? -side : 0));
        return !wasEven;
    }

    /// <summary>A child takes its parent's place, and the parent goes to its other side.</summary>
    private void Lift(RtlBalancedLinks child, RtlBalancedLinks parent, int side)
    {
        var above = Parent(parent);
        var sideAbove = SideOf(parent, above);
        Link(parent, side, Child(child, -side));
        Link(child, -side, parent);
        Link(above, sideAbove, child);
    }

    private void Link(RtlBalancedLinks parent, int side, RtlBalancedLinks? child)
    {
        if (side < 0)
            parent.SetLeftChild(memory, child);
        else
            parent.SetRightChild(memory, child);
        child?.SetParent(memory, parent);
    }

    private static RtlBalancedLinks? Child(RtlBalancedLinks node, int side) => side < 0 ? node.LeftChild : node.RightChild;

    private static RtlBalancedLinks Parent(RtlBalancedLinks node) => node.Parent ?? throw Corrupt(node);

    private static int SideOf(RtlBalancedLinks node, RtlBalancedLinks parent) =>
        parent.LeftChild is { } left && left.Address == node.Address ? -1 : 1;

    private static RtlBalancedLinks Outermost(RtlBalancedLinks node, int side)
    {
        while (Child(node, side) is { } next)
            node = next;
        return node;
    }

    /// <summary>Links that no sequence of calls leaves behind: something wrote over the tree.</summary>
    private static MachineStopException Corrupt(RtlBalancedLinks node) =>
        MachineStopException.Unsupported(UnsupportedKind.Case, $"an AVL table whose node at {node.Address} was overwritten");
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>The links of an RTL_GENERIC_TABLE; the root is its own parent. A side is -1 for left and 1 for right.</summary>
/// <remarks>Self-adjusting trees after Sleator and Tarjan (Doc: RTL_SPLAY_LINKS, RtlSplay, ntddk.h).</remarks>
internal static class SplayTree
{
    public static RtlSplayLinks First(RtlSplayLinks root) => Outermost(root, -1);

    /// <summary>The next node in the order; null behind the last.</summary>
    public static RtlSplayLinks? Next(RtlSplayLinks node)
    {
        if (node.RightChild is { } right)
            return Outermost(right, -1);
        while (!IsRoot(node))
        {
            var parent = Parent(node);
            if (SideOf(node, parent) < 0)
                return parent;
            node = parent;
        }

        return null;
    }

    /// <summary>Hangs a new node below another, or makes it the root, and moves it up.</summary>
    public static void Insert(MutableTarget memory, RtlGenericTable table, RtlSplayLinks node, RtlSplayLinks? parent, int side)
    {
        node.SetParent(memory, node);
        if (parent is { } above)
            Link(memory, above, side, node);
        Splay(memory, table, node);
    }

    /// <summary>Makes a node the root.</summary>
    public static void Splay(MutableTarget memory, RtlGenericTable table, RtlSplayLinks node)
    {
        MoveUp(memory, node);
        table.SetTableRoot(memory, node);
    }

    public static void Remove(MutableTarget memory, RtlGenericTable table, RtlSplayLinks node)
    {
        MoveUp(memory, node);
        var (left, right) = (Detach(memory, node.LeftChild), Detach(memory, node.RightChild));
        if (left is { } lower)
        {
            var last = Outermost(lower, 1);
            MoveUp(memory, last);
            if (right is { } higher)
                Link(memory, last, 1, higher);
            table.SetTableRoot(memory, last);
        }
        else
        {
            table.SetTableRoot(memory, right);
        }
    }

    private static void MoveUp(MutableTarget memory, RtlSplayLinks node)
    {
        while (!IsRoot(node))
        {
            var parent = Parent(node);
            if (!IsRoot(parent))
                Lift(memory, SideOf(node, parent) == SideOf(parent, Parent(parent)) ? parent : node);
            Lift(memory, node);
        }
    }

    /// <summary>A node takes its parent's place, and the parent goes to its other side.</summary>
    private static void Lift(MutableTarget memory, RtlSplayLinks node)
    {
        var parent = Parent(node);
        var side = SideOf(node, parent);
        var above = IsRoot(parent) ? (RtlSplayLinks?)null : Parent(parent);
        var sideAbove = above is { } a ? SideOf(parent, a) : 0;
        Link(memory, parent, side, side < 0 ? node.RightChild : node.LeftChild);
        Link(memory, node, -side, parent);
        if (above is { } grandparent)
            Link(memory, grandparent, sideAbove, node);
        else
            node.SetParent(memory, node);
    }

    /// <summary>Makes a subtree a tree of its own.</summary>
    private static RtlSplayLinks? Detach(MutableTarget memory, RtlSplayLinks? root)
    {
        root?.SetParent(memory, root);
        return root;
    }

    private static void Link(MutableTarget memory, RtlSplayLinks parent, int side, RtlSplayLinks? child)
    {
        if (side < 0)
            parent.SetLeftChild(memory, child);
        else
            parent.SetRightChild(memory, child);
        child?.SetParent(memory, parent);
    }

    private static bool IsRoot(RtlSplayLinks node) => Parent(node).Address == node.Address;

    private static int SideOf(RtlSplayLinks node, RtlSplayLinks parent) =>
        parent.LeftChild is { } left && left.Address == node.Address ? -1 : 1;

    private static RtlSplayLinks Outermost(RtlSplayLinks node, int side)
    {
        while ((side < 0 ? node.LeftChild : node.RightChild) is { } next)
            node = next;
        return node;
    }

    /// <exception cref="MachineStopException">The node has no parent: something wrote over the tree.</exception>
    private static RtlSplayLinks Parent(RtlSplayLinks node) => node.Parent
        ?? throw MachineStopException.Unsupported(UnsupportedKind.Case, $"a generic table whose node at {node.Address} was overwritten");
}

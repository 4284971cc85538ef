namespace LastRef;

/// <summary>Walks over a wait-for graph.</summary>
internal static class WaitNodeExtensions
{
    /// <summary>The threads of a graph, its root first.</summary>
    public static IEnumerable<VirtualAddress> Threads(this WaitNode node) =>
        node.Objects.SelectMany(o => o.Signallers).Select(s => s.Waits).OfType<WaitNode>().SelectMany(w => w.Threads()).Prepend(node.Address);

    /// <summary>The node of a thread; null when the graph has none.</summary>
    public static WaitNode? Find(this WaitNode node, VirtualAddress thread) =>
        node.Address == thread
            ? node
            : node.Objects.SelectMany(o => o.Signallers).Select(s => s.Waits?.Find(thread)).FirstOrDefault(found => found is not null);

    /// <summary>Follows what the kernel waits for on its own behalf down to the first thread that a driver made wait.</summary>
    public static WaitNode Innermost(this WaitNode node)
    {
        while (node.Site is null && node.Objects.SelectMany(o => o.Signallers).Select(s => s.Waits).FirstOrDefault(w => w is not null) is { } next)
            node = next;
        return node;
    }
}

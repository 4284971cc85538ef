using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Doubly linked lists in target memory, written the way the inline routines of the headers write them.</summary>
/// <remarks>Doc: LIST_ENTRY, InsertTailList, RemoveEntryList, WDK reference.</remarks>
internal static class GuestList
{
    public static void Initialize(MutableTarget memory, ListEntry head)
    {
        head.SetFlink(memory, head.Address);
        head.SetBlink(memory, head.Address);
    }

    /// <summary>True for a head that points to itself, and for one that was never initialised.</summary>
    public static bool IsEmpty(ListEntry head) => head.Flink == head.Address || head.Flink.IsNull;

    public static void InsertTail(MutableTarget memory, ListEntry head, ListEntry entry)
    {
        if (head.Flink.IsNull)
            Initialize(memory, head);
        var last = new ListEntry(memory, head.Blink);
        entry.SetFlink(memory, head.Address);
        entry.SetBlink(memory, last.Address);
        last.SetFlink(memory, entry.Address);
        head.SetBlink(memory, entry.Address);
    }

    /// <summary>Takes an entry out and leaves it pointing to itself, so that a second removal does no harm.</summary>
    public static void Remove(MutableTarget memory, ListEntry entry)
    {
        var next = new ListEntry(memory, entry.Flink);
        var previous = new ListEntry(memory, entry.Blink);
        previous.SetFlink(memory, next.Address);
        next.SetBlink(memory, previous.Address);
        Initialize(memory, entry);
    }
}

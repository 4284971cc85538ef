using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Doubly linked lists in target memory, as LIST_ENTRY macros keep them.</summary>
internal sealed partial class KernelCore
{
    public void InitializeList(VirtualAddress head)
    {
        var list = new ListEntry(Memory, head);
        list.SetFlink(Memory, head);
        list.SetBlink(Memory, head);
    }

    public bool IsListEmpty(VirtualAddress head) => new ListEntry(Memory, head).Flink == head;

    public void InsertTail(VirtualAddress head, VirtualAddress entry) => Insert(new ListEntry(Memory, head).Blink, entry, head);

    public void InsertHead(VirtualAddress head, VirtualAddress entry) => Insert(head, entry, new ListEntry(Memory, head).Flink);

    /// <summary>Takes an entry out of its list; a list whose links do not agree is a security check failure (Doc: "Bug Check 0x139", code 3).</summary>
    public void RemoveEntry(VirtualAddress entry)
    {
        var link = new ListEntry(Memory, entry);
        var (next, previous) = (new ListEntry(Memory, link.Flink), new ListEntry(Memory, link.Blink));
        if (next.Blink != entry || previous.Flink != entry)
            throw CorruptList(entry);
        previous.SetFlink(Memory, next.Address);
        next.SetBlink(Memory, previous.Address);
    }

    /// <returns>The first entry, taken out; null when the list is empty.</returns>
    public VirtualAddress? RemoveHead(VirtualAddress head)
    {
        var first = new ListEntry(Memory, head).Flink;
        if (first == head)
            return null;
        RemoveEntry(first);
        return first;
    }

    private void Insert(VirtualAddress previous, VirtualAddress entry, VirtualAddress next)
    {
        if (new ListEntry(Memory, previous).Flink != next || new ListEntry(Memory, next).Blink != previous)
            throw CorruptList(entry);
        var link = new ListEntry(Memory, entry);
        link.SetFlink(Memory, next);
        link.SetBlink(Memory, previous);
        new ListEntry(Memory, previous).SetFlink(Memory, entry);
        new ListEntry(Memory, next).SetBlink(Memory, entry);
    }

    private static MachineStopException CorruptList(VirtualAddress entry) =>
        MachineStopException.BugCheck(0x139, $"the list around the entry at {entry} is corrupt", 3);
}

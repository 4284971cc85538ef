using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Someone who wants to be told of the next change of a key.</summary>
/// <param name="Body">The key object through which it was asked; its last close ends the wait.</param>
/// <param name="WatchTree">Whether changes of the keys below count too.</param>
/// <param name="Result">The caller's IO_STATUS_BLOCK.</param>
/// <param name="Event">The event to signal; null for none.</param>
/// <param name="WorkItem">The work item to queue, and to which queue; null for none.</param>
internal sealed record KeyWatch(
    RegistryKey Key, VirtualAddress Body, KeyChange Filter, bool WatchTree, IoStatusBlock Result, VirtualAddress Event, VirtualAddress WorkItem, int Queue)
{
    public bool Covers(RegistryKey changed)
    {
        for (var key = changed; key is not null; key = WatchTree ? key.Parent : null)
        {
            if (key == Key)
                return true;
        }

        return false;
    }
}

using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Events that the kernel makes for itself.</summary>
internal sealed partial class KernelCore
{
    /// <summary>An event in pool, not signalled.</summary>
    public VirtualAddress CreateEvent(bool synchronization)
    {
        var address = _kernel.Ex.NonPagedPool.Allocate((ulong)KEvent.SizeOf(Memory.Layout), PoolTags.Io, null);
        var header = new DispatcherHeader(Memory, address);
        header.SetType(Memory, synchronization ? DispatcherType.EventSynchronization : DispatcherType.EventNotification);
        header.SetSize(Memory, (byte)(KEvent.SizeOf(Memory.Layout) / 4));
        var list = header.WaitListHead.Address;
        Memory.WritePointer(list, list);
        Memory.WritePointer(list + 8, list);
        return address;
    }

    public void DeleteEvent(VirtualAddress address) => _kernel.Ex.NonPagedPool.Free(address);
}

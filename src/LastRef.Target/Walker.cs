using LastRef.Nt;

namespace LastRef;

/// <summary>The one way to walk lists and chains: bounded, proof against circles, and honest about how it ended.</summary>
public static class Walker
{
    /// <summary>Follows single links from <paramref name="first"/> until one is null.</summary>
    /// <param name="next">Reads the link of one item; may throw <see cref="TargetReadException"/>, which ends the walk.</param>
    /// <param name="limit">Most items visited; one more ends the walk with <see cref="WalkEnd.LimitReached"/>.</param>
    public static Walk<T> Chain<T>(T? first, Func<T, T?> next, int limit) where T : struct, INtView<T>
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var items = new List<T>();
        var seen = new HashSet<VirtualAddress>();
        for (var current = first; current is { } item;)
        {
            if (!seen.Add(item.Address))
                return new Walk<T>(items, WalkEnd.Cycle, item.Address);
            if (items.Count == limit)
                return new Walk<T>(items, WalkEnd.LimitReached);
            try
            {
                current = next(item);
            }
            catch (TargetReadException unreadable)
            {
                // An item whose link cannot be read is not reported: a wild pointer leads to no structure.
                return new Walk<T>(items, WalkEnd.Unreadable, unreadable.Address, unreadable.Failure);
            }

            items.Add(item);
        }

        return new Walk<T>(items, WalkEnd.Complete);
    }

    /// <summary>Addresses of the links of a doubly linked list, without the head.</summary>
    /// <param name="head">The list's head, which is no item. Both of its links null (never initialised memory) is an unreadable list, not an empty one.</param>
    /// <param name="limit">Most links visited; one more ends the walk with <see cref="WalkEnd.LimitReached"/>.</param>
    /// <remarks>A link whose own forward link cannot be read is not reported.</remarks>
    public static Walk<VirtualAddress> Links(ListEntry head, int limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        var items = new List<VirtualAddress>();
        var seen = new HashSet<VirtualAddress>();
        var target = head.Target;
        Span<byte> link = stackalloc byte[8];
        if (!target.TryRead(head.FlinkAddress, link, out var failure))
            return new Walk<VirtualAddress>(items, WalkEnd.Unreadable, head.FlinkAddress, failure);
        var current = new VirtualAddress(BitConverter.ToUInt64(link));
        while (current != head.Address)
        {
            if (!seen.Add(current))
                return new Walk<VirtualAddress>(items, WalkEnd.Cycle, current);
            if (items.Count == limit)
                return new Walk<VirtualAddress>(items, WalkEnd.LimitReached);
            var flink = new ListEntry(target, current).FlinkAddress;
            if (!target.TryRead(flink, link, out failure))
                return new Walk<VirtualAddress>(items, WalkEnd.Unreadable, flink, failure);
            items.Add(current);
            current = new VirtualAddress(BitConverter.ToUInt64(link));
        }

        return new Walk<VirtualAddress>(items, WalkEnd.Complete);
    }

    /// <summary>The structures that a doubly linked list connects.</summary>
    /// <param name="linkOffset">Offset of the list entry in the structure: CONTAINING_RECORD of the headers.</param>
    public static Walk<T> List<T>(ListEntry head, int linkOffset, int limit) where T : struct, INtView<T>
    {
        var links = Links(head, limit);
        var items = new List<T>(links.Items.Count);
        foreach (var link in links.Items)
            items.Add(T.At(head.Target, link - linkOffset));
        return new Walk<T>(items, links.End, links.At, links.Failure);
    }

    /// <summary>A driver's devices, newest first.</summary>
    /// <remarks>Spec: U-1.7.</remarks>
    public static Walk<DeviceObject> Devices(this DriverObject driver, int limit)
    {
        DeviceObject? first;
        try
        {
            first = driver.DeviceObject;
        }
        catch (TargetReadException unreadable)
        {
            return new Walk<DeviceObject>([], WalkEnd.Unreadable, unreadable.Address, unreadable.Failure);
        }

        return Chain(first, static device => device.NextDevice, limit);
    }

    /// <summary>Devices attached above <paramref name="device"/>, nearest first; excludes the device itself.</summary>
    /// <remarks>Spec: U-1.8.</remarks>
    public static Walk<DeviceObject> DevicesAbove(this DeviceObject device, int limit) =>
        WithoutFirst(Chain<DeviceObject>(device, static d => d.AttachedDevice, OneMore(limit)));

    /// <summary>Devices below <paramref name="device"/> in its stack, nearest first; excludes the device itself.</summary>
    /// <remarks>Spec: U-1.10. A device without an extension pointer ends the stack.</remarks>
    public static Walk<DeviceObject> DevicesBelow(this DeviceObject device, int limit) =>
        WithoutFirst(Chain<DeviceObject>(device, static d => d.DeviceObjectExtension?.AttachedTo, OneMore(limit)));

    private static int OneMore(int limit) => limit == int.MaxValue ? limit : limit + 1;

    private static Walk<DeviceObject> WithoutFirst(Walk<DeviceObject> walk) => walk with { Items = [.. walk.Items.Skip(1)] };
}

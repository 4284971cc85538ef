using LastRef.Nt;

namespace LastRef;

/// <summary>Threads that wait: for what, where it lies, who owns it.</summary>
internal sealed partial class CaptureWalk
{
    private readonly List<CapturedWait> _waits = [];

    private void WalkWaits()
    {
        foreach (var root in roots.Waits.Take(roots.Limit).Where(r => r.Subject != WaitSubject.Work))
        {
            if (Try("the wait of the thread", root.Thread, () => ReadWait(root)) is { } wait)
                _waits.Add(wait);
        }
    }

    private CapturedWait ReadWait(WaitRoot root)
    {
        var at = root.SubjectAddress;
        var (owner, count) = root.Subject switch
        {
            WaitSubject.FastMutex => (new FastMutex(target, at).Owner, 0L),
            WaitSubject.Resource => (new VirtualAddress(new EResource(target, at).OwnerThread & ~3UL), 0L),
            WaitSubject.RemoveLock => (default, new RemoveLockCommonBlock(target, at).IoCount),
            WaitSubject.Rundown => (default, (long)new ExRundownRef(target, at).Count),
            _ => (default, 0L),
        };
        var request = root.Subject == WaitSubject.Request ? Try("the IRP", at, () => ReadIrp(new Irp(target, at))) : null;
        return new CapturedWait(root, [.. root.Objects.Select(ReadObject)], owner, count, request, request is null ? null : DriverHaving(request))
        {
            SubjectPlace = at.IsNull ? null : PlaceOf(at),
        };
    }

    private CapturedWaitObject ReadObject(VirtualAddress address)
    {
        var read = Try("the dispatcher object", address, () =>
        {
            var header = new DispatcherHeader(target, address);
            var owner = header.Type switch
            {
                DispatcherType.Mutant => new KMutant(target, address).OwnerThread?.Address ?? default,
                DispatcherType.Thread => address,
                _ => default,
            };
            return new CapturedWaitObject(address, header.Type, header.SignalState, owner, PlaceOf(address));
        });
        return read ?? new CapturedWaitObject(address, null, 0, default, null);
    }

    private string? DriverHaving(CapturedIrp irp) =>
        irp.Device.IsNull ? null : Try("the device object", irp.Device, () => DriverNameOf(new DeviceObject(target, irp.Device).DriverObject?.Address ?? default));

    private CapturedPlace? PlaceOf(VirtualAddress address)
    {
        if (IsInImage(address))
            return new CapturedPlace(PlaceKind.Image, ImageBase, address - ImageBase);
        foreach (var device in _devices.Keys)
        {
            var view = new DeviceObject(target, device);
            if (address - device < view.Size && address >= view.DeviceExtension && !view.DeviceExtension.IsNull)
                return new CapturedPlace(PlaceKind.DeviceExtension, device, address - view.DeviceExtension);
        }

        foreach (var block in roots.PoolOfDriver ?? [])
        {
            if (address - block.Address < block.ByteCount)
                return new CapturedPlace(PlaceKind.Pool, block.Address, address - block.Address);
        }

        foreach (var root in roots.Waits)
        {
            var thread = new EThread(target, root.Thread).Tcb;
            if (address >= thread.StackLimit && address < thread.StackBase)
                return new CapturedPlace(PlaceKind.Stack, root.Thread, address - thread.StackLimit);
        }

        return null;
    }
}

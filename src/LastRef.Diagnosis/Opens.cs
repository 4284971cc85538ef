namespace LastRef;

/// <summary>Sorts the opens that keep a driver's devices by who is behind them.</summary>
internal static class Opens
{
    /// <summary>Opens of the driver's devices, and of the devices below them in their stacks (U-1.19), that still stand.</summary>
    public static IEnumerable<DeviceOpen> Of(Situation situation)
    {
        var capture = situation.Capture;
        var ours = capture.DevicesOfDriver.ToList();
        var addresses = ours.Select(d => d.Address).Concat(ours.SelectMany(d => d.Below)).ToHashSet();
        foreach (var file in capture.Files.Where(f => addresses.Contains(f.Device)).Take(MostOpens))
        {
            if (capture.DeviceAt(file.Device) is { IoCount: > 0 } device && !IsOfVolume(device, file))
                yield return Classify(situation, device, file);
        }
    }

    /// <summary>A file object that a file system made for itself on a volume that it has mounted: it goes with the volume .</summary>
    public static bool IsOfVolume(CapturedDevice device, CapturedFile file) =>
        device.Volume is not null && (file.Flags & Nt.FileObjectFlags.StreamFile) != 0;

    /// <summary>True when an open can be what keeps the driver: the attempt waits, or the device's removal or deletion does.</summary>
    public static bool Blocks(Situation situation, CapturedDevice device) =>
        situation.Image != ImageState.Gone
        && (situation.Attempt.State == AttemptState.Deferred || device.IsRemovePending || device.IsDeletePending
            || situation.Capture.DeviceNodes.Any(node => node.PhysicalDevice == device.Address && node.State.Contains("PendingCloses", StringComparison.Ordinal)));

    /// <summary>The file object as holder of the device's Io count, with what keeps the file object under it.</summary>
    public static Holder HolderOf(Situation situation, DeviceOpen open)
    {
        var handles = situation.HandlesOf(open.File);
        var requests = open.Requests.Select(irp => new Holder(HolderKind.Irp, $"request {irp.Major}", irp.Address, ReferenceCounter.PointerCount, DispatchOf(situation, irp.Address)?.Target));
        var references = open.Taken.Where(record => ReferenceLedger.IsUnnamed(record.Cause)).Select(record =>
            new Holder(HolderKind.Unexplained, $"{situation.BlameOf(record.Site).Image} ({record.Cause})", record.Holder, ReferenceCounter.PointerCount, record.Site));
        return new Holder(HolderKind.FileObject, $"open of {situation.NameOf(open.Device)}", open.File.Address, ReferenceCounter.IoCount, open.Site)
        {
            HeldBy = [.. handles, .. requests, .. references, .. open.Keepers.Select(keeper => new Holder(HolderKind.Unexplained, keeper.Blame.Image, open.File.Address, ReferenceCounter.PointerCount, keeper.Site))],
        };
    }

    /// <summary>The facts that every open has in common.</summary>
    public static IEnumerable<Evidence> EvidenceOf(DeviceOpen open)
    {
        yield return Evidence.Memory(open.Device.Address, "DEVICE_OBJECT.ReferenceCount", (ulong)open.Device.IoCount, $"the device is open {open.Device.IoCount} time(s)");
        yield return Evidence.Memory(open.File.Address, "OBJECT_HEADER.HandleCount", (ulong)open.File.HandleCount, $"the file object has {open.File.HandleCount} handle(s)");
        yield return Evidence.Memory(open.File.Address, "OBJECT_HEADER.PointerCount", (ulong)open.File.PointerCount, $"the file object has {open.File.PointerCount} reference(s)");
        if (open.File.IsCleanedUp)
            yield return Evidence.Memory(open.File.Address, "FILE_OBJECT.Flags", (ulong)open.File.Flags, "FO_CLEANUP_COMPLETE: every handle was closed");
        foreach (var keeper in open.Keepers)
            yield return keeper.Evidence;
    }

    /// <summary>The call that gave a request to the driver that has it now.</summary>
    public static DriverCallRecord? DispatchOf(Situation situation, VirtualAddress irp) =>
        situation.Calls.LastOrDefault(call => call.Kind == DriverCallKind.Dispatch && call.Irp == irp && call.Result is null);

    private static DeviceOpen Classify(Situation situation, CapturedDevice device, CapturedFile file)
    {
        var taken = situation.Ledger.Outstanding(file.Address, ReferenceCounter.PointerCount)
            .Where(r => ReferenceLedger.IsUnnamed(r.Cause) || r.Cause == ReferenceCause.OpenHandle).ToList();
        var requests = situation.Capture.Irps.Where(irp => irp.File == file.Address).ToList();
        var handles = situation.Capture.Handles.Where(handle => handle.Object == file.Address).ToList();
        var foreign = handles.Where(handle => !handle.IsSystem).ToList();
        if (foreign.Count > 0)
        {
            if (situation.Trace is null)
                return new DeviceOpen(device, file, file.IsOpenedByKernel ? OpenerKind.StrayHandle : OpenerKind.Client, taken, requests);
            var stray = taken.Where(record => record is { Cause: ReferenceCause.OpenHandle, Site: not null } && foreign.Exists(h => h.Entry == record.Holder)).ToList();
            return stray.Count == 0 || stray.DistinctBy(record => record.Holder).Count() < foreign.Count
                ? new DeviceOpen(device, file, OpenerKind.Client, taken, requests)
                : new DeviceOpen(device, file, OpenerKind.StrayHandle, stray, requests);
        }

        var byDrivers = taken.Where(record => record.Site is not null).ToList();
        if (handles.Count > 0 && !byDrivers.Exists(record => situation.IsOurImage(record.Site?.Module)))
            return new DeviceOpen(device, file, OpenerKind.KernelHandle, byDrivers, requests);
        if (byDrivers.Count == 0 && requests.Count > 0)
            return new DeviceOpen(device, file, OpenerKind.KeptRequests, taken, requests);
        if (byDrivers.Count == 0)
            return OfMemory(situation, new DeviceOpen(device, file, OpenerKind.Unknown, taken, requests));
        var opener = byDrivers.TrueForAll(record => situation.IsOurImage(record.Site?.Module)) ? OpenerKind.Itself : OpenerKind.Neighbour;
        return new DeviceOpen(device, file, opener, byDrivers, requests);
    }

    /// <summary>An open without a handle and a request, whose keeper memory may tell.</summary>
    private static DeviceOpen OfMemory(Situation situation, DeviceOpen open)
    {
        var keepers = situation.Trace is null ? MemoryKeeper.Of(situation, open.File.Address) : [];
        if (keepers.Count == 0)
            return open;
        var isOurs = keepers.All(keeper => keeper.Blame.Party == Party.Driver);
        return open with { Opener = isOurs ? OpenerKind.Itself : OpenerKind.Neighbour, Keepers = [.. keepers.Where(keeper => isOurs || keeper.Blame.Party != Party.Driver)] };
    }

    private const int MostOpens = 256;
}

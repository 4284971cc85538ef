using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Vetoes: which type, which name, and who is behind it (spec 5.3, 5.6).</summary>
internal sealed partial class PnpManager
{
    /// <summary>The veto of the last removal that was refused.</summary>
    public PnpVeto? LastVeto { get; private set; }

    /// <summary>Whether a device of the stack is open (U-5.20); the control devices of its drivers do not count.</summary>
    internal static bool HasOpens(PnpDevice device) => StackAbove(device.Pdo).Exists(d => d.ReferenceCount != 0);

    /// <summary>What refuses a removal before anybody is asked.</summary>
    private PnpVeto? Refusal(PnpDevice device, RemovalRequest request)
    {
        var path = device.Identity.InstancePath;
        if (request.Requester is { } requester && !_kernel.Se.HasPrivilege(requester, SecurityMonitor.LoadDriverPrivilege))
        {
            // U-5.50a, type 12, which carries no name; which privilege is asked for is inferred from what NtLoadDriver asks.
            return new PnpVeto(VetoType.InsufficientRights, "", _kernel.Ps.ImageNameOf(requester));
        }

        if (device == _root)
            return new PnpVeto(VetoType.IllegalDeviceRequest, path);
        if (device.IsDeleted)
            return new PnpVeto(VetoType.AlreadyRemoved, path);
        if (IsDrivenByLegacyDriver(device))
        {
            // Its driver is no PnP driver: it cannot be asked, and has no REMOVE handler (5.6, type 1; inferred from U-5.61).
            return new PnpVeto(VetoType.LegacyDevice, path, device.Identity.Service);
        }

        if (new DeviceNode(Memory, device.Node).DisableableDepends > 0)
            return new PnpVeto(VetoType.NonDisableable, path, WhoIsNotDisableable(device));

        // U-5.13: a child that was pulled out and waits for its closes (inferred: the type that names a pending close).
        return Descendants(device).Find(d => d != device && d.IsSurpriseRemoved && HasOpens(d)) is { } pending
            ? new PnpVeto(VetoType.PendingClose, pending.Identity.InstancePath, OwnerOfOpen(pending))
            : null;
    }

    /// <summary>A device that would go along and whose driver is no PnP driver: it cannot be asked (U-5.50a, type 11, which names the service).</summary>
    private PnpVeto? LegacyDriverOf(PnpDevice asked, List<PnpDevice> devices) =>
        devices.Find(d => d != asked && IsDrivenByLegacyDriver(d))?.Identity.Service is { } service ? new PnpVeto(VetoType.LegacyDriver, service, service) : null;

    private PnpVeto? OpensOf(PnpDevice device) =>
        HasOpens(device) ? new PnpVeto(VetoType.OutstandingOpen, device.Identity.InstancePath, OwnerOfOpen(device)) : null;

    private void RecordVeto(PnpVeto veto, PnpDevice by)
    {
        LastVeto = veto;
        _kernel.Record(new VetoRecord((int)veto.Type, by.Pdo.Address, veto.Name)
        {
            Owner = veto.Owner,
            Holders = veto.Type == VetoType.OutstandingOpen ? OpenersOf(by) : [],
        });
    }

    /// <summary>The process with a handle on the stack, else the driver that made the file object (U-5.20, U-5.21).</summary>
    private string? OwnerOfOpen(PnpDevice device)
    {
        if (OpenersOf(device) is [var first, ..])
            return first.ProcessName;
        var stack = StackAbove(device.Pdo).Select(d => d.Address).ToHashSet();
        return _kernel.Ob.AllOf(ObjectKind.File)
            .Where(f => new FileObject(Memory, f).DeviceObject is { } opened && stack.Contains(opened.Address))
            .Select(f => _kernel.Io.OpenerOf(f)).LastOrDefault(module => module is not null);
    }

    /// <summary>The driver that completed the last QUERY_REMOVE with a failure.</summary>
    private DriverObject? _failedQuery;

    /// <summary>Called when a driver completes a request with a failure.</summary>
    public void OnFailed(IoStackLocation location)
    {
        if (location.MajorFunction == IrpMajor.Pnp && location.MinorFunction == (byte)PnpMinor.QueryRemoveDevice)
            _failedQuery = location.DeviceObject?.DriverObject;
    }

    private string? WhoFailedTheQuery() => _failedQuery is { } driver && IsAlive(driver) ? driver.DriverName.ToText() : null;

    /// <summary>The device in the subtree for whose sake the whole branch stays.</summary>
    private string? WhoIsNotDisableable(PnpDevice device) =>
        Descendants(device).Find(d => (d.ReportedState & PnpDeviceState.NotDisableable) != 0 || d.Usages.Values.Any(n => n > 0))?.Identity.InstancePath;

    private bool IsDrivenByLegacyDriver(PnpDevice device) =>
        device.IsAdded && (new DeviceNode(Memory, device.Node).Flags & DeviceNodeFlags.LegacyDriver) != 0;
}

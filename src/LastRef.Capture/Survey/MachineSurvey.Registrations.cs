using LastRef.Nt;

namespace LastRef;

/// <summary>Callbacks and notifications in the kernel's lists and tables.</summary>
/// <remarks>
/// Fact: dump-format, section 14; of WMI, power settings, NMI and logon sessions the layouts are in no public symbols and inferred.
/// </remarks>
public sealed partial class MachineSurvey
{
    private const int NotifyLists = 13;
    private const int CallbackSlots = 64;
    private const ulong FastReferenceMask = 0xF;
    private IReadOnlyList<RegistrationRoot>? _registrations;

    public IReadOnlyList<RegistrationRoot> Registrations => _registrations ??= ReadRegistrations();

    private List<RegistrationRoot> ReadRegistrations()
    {
        var found = new List<RegistrationRoot>();
        ReadPnpNotifications(found);
        ReadCallbackArray(found, "PspCreateProcessNotifyRoutine", RegistrationKind.ProcessNotify);
        ReadCallbackArray(found, "PspCreateThreadNotifyRoutine", RegistrationKind.ThreadNotify);
        ReadCallbackArray(found, "PspLoadImageNotifyRoutine", RegistrationKind.ImageNotify);
        foreach (var link in LinksOf("CallbackListHead", "the registry callbacks"))
            Add(found, RegistrationKind.RegistryCallback, link, () => (new CmCallbackEntry(Target, link).Function, default));
        ReadObjectCallbacks(found);
        ReadExecutiveCallbacks(found);
        foreach (var head in (ReadOnlySpan<string>)["IopNotifyShutdownQueueHead", "IopNotifyLastChanceShutdownQueueHead"])
        {
            foreach (var link in LinksOf(head, "the shutdown notifications"))
                Add(found, RegistrationKind.ShutdownNotification, link, () => (default, new ShutdownPacket(Target, link).DeviceObject?.Address ?? default));
        }

        foreach (var link in LinksOf("IopFsNotifyChangeQueueHead", "the file system notifications"))
        {
            Add(found, RegistrationKind.FileSystemNotification, link, () =>
                (new NotificationPacket(Target, link).NotificationRoutine, new NotificationPacket(Target, link).DriverObject?.Address ?? default));
        }

        ReadFileSystems(found);
        foreach (var head in (ReadOnlySpan<string>)["KeBugCheckCallbackListHead", "KeBugCheckReasonCallbackListHead"])
        {
            foreach (var link in LinksOf(head, "the bug check callbacks"))
                Add(found, RegistrationKind.BugCheckCallback, link, () => (new KBugCheckCallbackRecord(Target, link).CallbackRoutine, default));
        }

        ReadPowerSettings(found);
        foreach (var link in LinksOf("WmipInUseRegEntryHead", "the WMI registrations"))
        {
            // The device is what a registration is known by; those of callbacks instead of devices have none.
            var device = Try("the WMI registration", link, () => (object)(new WmiRegistration(Target, link).DeviceObject?.Address ?? default));
            if (device is VirtualAddress { IsKernel: true } provider && found.Count < _options.ListLimit)
                found.Add(new RegistrationRoot(RegistrationKind.Wmi, provider, default, provider));
        }

        ReadRoutineList(found, "KiNmiCallbackListHead", RegistrationKind.NmiCallback);
        ReadRoutineList(found, "SeFileSystemNotifyRoutinesHead", RegistrationKind.LogonSession);
        ReadEventProviders(found);
        ReadInterrupts(found);
        if (Layout.TryGetField("_IO_TIMER", "TimerList", out var timer))
        {
            foreach (var link in LinksOf("IopTimerQueueHead", "the device timers"))
            {
                var view = new IoTimer(Target, link - timer.Offset);
                Add(found, RegistrationKind.IoTimer, view.Address, () => view.TimerFlag == 0 ? null : (view.TimerRoutine, view.DeviceObject?.Address ?? default));
            }
        }

        return found;
    }

    /// <summary>Of settings without a value in one list, of the others at each setting (U-6.35a); a registration is known by its tag.</summary>
    private void ReadPowerSettings(List<RegistrationRoot> found)
    {
        const string what = "the power setting callbacks";
        const uint tag = 0x7465_5350; // PSet
        var links = LinksOf("PopRegisteredPowerSettingCallbacks", what).ToList();
        foreach (var setting in LinksOf("PopPowerSettings", what))
        {
            links.AddRange(LinksAt(new PowerSetting(Target, setting).RegistrationsAddress, what).Where(link =>
                TryUInt32(new PowerSettingRegistration(Target, link).TagAddress, out var mark) && mark == tag));
        }

        foreach (var link in links)
        {
            Add(found, RegistrationKind.PowerSetting, link, () =>
                (new PowerSettingRegistration(Target, link).Callback, new PowerSettingRegistration(Target, link).DeviceObject?.Address ?? default));
        }
    }

    private void ReadPnpNotifications(List<RegistrationRoot> found)
    {
        var links = new List<VirtualAddress>();
        var nodeOf = new Dictionary<VirtualAddress, VirtualAddress>();
        if (Variable("PnpDeviceClassNotifyList", "the PnP notifications of device interfaces") is { } heads)
        {
            for (var i = 0; i < NotifyLists; i++)
                links.AddRange(LinksAt(heads + (16 * i), "the PnP notifications of device interfaces"));
        }

        links.AddRange(LinksOf("PnpProfileNotifyList", "the PnP notifications of hardware profiles"));
        foreach (var node in Nodes)
        {
            foreach (var link in LinksAt(new DeviceNode(Target, node.Address).TargetDeviceNotifyAddress, "the PnP notifications of a device"))
            {
                links.Add(link);
                nodeOf[link] = node.Address;
            }
        }

        foreach (var link in links)
        {
            var before = found.Count;
            Add(found, RegistrationKind.PnpNotification, link, () =>
                (new PnpNotifyEntry(Target, link).CallbackRoutine, new PnpNotifyEntry(Target, link).DriverObject?.Address ?? default));
            if (found.Count > before && nodeOf.TryGetValue(link, out var at))
                (_targetRegistrations.TryGetValue(at, out var list) ? list : _targetRegistrations[at] = []).Add(found[^1]);
        }
    }

    /// <summary>An array of 64 references to callback blocks; the low four bits of each count references taken in advance.</summary>
    private void ReadCallbackArray(List<RegistrationRoot> found, string name, RegistrationKind kind)
    {
        if (Variable(name, $"the {kind} callbacks") is not { } array)
            return;
        for (var i = 0; i < CallbackSlots; i++)
        {
            if (!TryPointer(array + (8 * i), out var reference))
            {
                Gap($"the {kind} callbacks: slot {i} at {array + (8 * i)} is unreadable");
                break;
            }

            var block = new VirtualAddress(reference.Value & ~FastReferenceMask);
            if (block.IsKernel)
                Add(found, kind, block, () => (new ExCallbackRoutineBlock(Target, block).Function, default));
        }
    }

    /// <summary>A singly linked list of routines, to its null or its bound.</summary>
    private void ReadRoutineList(List<RegistrationRoot> found, string variable, RegistrationKind kind)
    {
        if (Variable(variable, $"the {kind} routines") is not { } head)
            return;
        var seen = new HashSet<VirtualAddress>();
        for (var at = head; TryPointer(at, out var next) && !next.IsNull; at = next)
        {
            if (!next.IsKernel || !seen.Add(next) || seen.Count > _options.ListLimit)
            {
                Gap($"the {kind} routines at {head}: {(next.IsKernel ? "run in a circle or without end" : "wild pointer")} at {next}");
                return;
            }

            Add(found, kind, next, () => (new RoutineListEntry(Target, next).Routine, default));
        }
    }

    private void ReadObjectCallbacks(List<RegistrationRoot> found)
    {
        foreach (var variable in (ReadOnlySpan<string>)["PsProcessType", "PsThreadType", "ExDesktopObjectType"])
        {
            if (_machine.Find(variable) is not { } at || !TryPointer(at, out var type) || !type.IsKernel)
                continue;
            foreach (var link in LinksAt(new ObjectType(Target, type).CallbackListAddress, "the object callbacks"))
            {
                Add(found, RegistrationKind.ObjectCallback, link, () =>
                    (new ObCallbackEntry(Target, link) is var entry && entry.PreOperation.IsNull ? entry.PostOperation : entry.PreOperation, default));
            }
        }
    }

    private void ReadExecutiveCallbacks(List<RegistrationRoot> found)
    {
        const uint signature = 0x6C6C_6143;
        foreach (var body in ObjectsIn("Callback"))
        {
            var callback = new CallbackObject(Target, body);
            if (!TryUInt32(callback.SignatureAddress, out var mark) || mark != signature)
                continue;
            foreach (var link in LinksAt(callback.RegisteredCallbacksAddress, "the executive callbacks"))
                Add(found, RegistrationKind.ExCallback, link, () => (new CallbackRegistration(Target, link).CallbackFunction, default));
        }
    }

    /// <summary>Registered file systems: their devices hang in lists by their own queue entry.</summary>
    private void ReadFileSystems(List<RegistrationRoot> found)
    {
        if (!Layout.TryGetField("_DEVICE_OBJECT", "Queue.ListEntry", out var queue))
            return;
        foreach (var head in (ReadOnlySpan<string>)["IopDiskFileSystemQueueHead", "IopCdRomFileSystemQueueHead", "IopTapeFileSystemQueueHead", "IopNetworkFileSystemQueueHead"])
        {
            if (_machine.Find(head) is not { } at)
                continue;
            foreach (var link in LinksAt(at, "the file systems"))
            {
                var device = link - queue.Offset;
                if (DeviceAt(device) is not null)
                    found.Add(new RegistrationRoot(RegistrationKind.FileSystem, device, default, device));
            }
        }
    }

    private IReadOnlyList<VirtualAddress> LinksOf(string variable, string what) =>
        Variable(variable, what) is { } head ? LinksAt(head, what) : [];

    private IReadOnlyList<VirtualAddress> LinksAt(VirtualAddress head, string what)
    {
        var walk = Walker.Links(new ListEntry(Target, head), _options.ListLimit);
        // Both links null: a list of memory that was never initialised, as at a node without registrations.
        if (walk.End == WalkEnd.Unreadable && walk.Items.Count == 0 && walk.At.Value < 0x1000)
            return [];
        NoteEnd($"{what} at {head}", walk);
        return walk.Items;
    }

    private void Add(List<RegistrationRoot> found, RegistrationKind kind, VirtualAddress address, Func<(VirtualAddress Routine, VirtualAddress Subject)?> read)
    {
        var root = Try($"the {kind} registration", address, () => read() is { } values ? new Registration(values.Routine, values.Subject) : null);
        if (root is not null && found.Count < _options.ListLimit)
            found.Add(new RegistrationRoot(kind, address, root.Routine, root.Subject));
    }

    private sealed record Registration(VirtualAddress Routine, VirtualAddress Subject);
}

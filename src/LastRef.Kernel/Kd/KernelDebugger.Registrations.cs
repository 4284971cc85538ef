using System.Buffers.Binary;
using LastRef.Nt;

namespace LastRef.Kernel;

/// <summary>Registrations in the lists and tables in which Windows keeps them (dump-format 14 and 15).</summary>
internal sealed partial class KernelDebugger
{
    private const int RoutineSlots = 64;

    private void PublishRegistrations()
    {
        var live = new Dictionary<(RegistrationKind, VirtualAddress), RegistrationRecord>();
        foreach (var record in _kernel.Trace.Of<RegistrationRecord>())
        {
            if (record.Begin)
                live[(record.Kind, record.Address)] = record;
            else
                live.Remove((record.Kind, record.Address));
        }

        PublishRoutines("PspCreateProcessNotifyRoutine", RegistrationKind.ProcessNotify, live.Values);
        PublishRoutines("PspCreateThreadNotifyRoutine", RegistrationKind.ThreadNotify, live.Values);
        PublishRoutines("PspLoadImageNotifyRoutine", RegistrationKind.ImageNotify, live.Values);
        var link = new byte[16];
        foreach (var record in live.Values)
        {
            // A record that a driver forgot may lie in memory that is gone; then no list can hold it. A routine's own memory is not needed.
            var isRecord = record.Kind is RegistrationKind.ShutdownNotification or RegistrationKind.FileSystem or RegistrationKind.PnpNotification
                or RegistrationKind.BugCheckCallback or RegistrationKind.IoTimer or RegistrationKind.PowerSetting;
            if (!isRecord || Memory.TryRead(record.Address, link, out _))
                Link(record);
        }
    }

    private void Link(RegistrationRecord record)
    {
        switch (record.Kind)
        {
            case RegistrationKind.ShutdownNotification:
                foreach (var (device, lastChance) in _kernel.Io.ShutdownRegistrations.Where(s => s.Device.Address == record.Address))
                {
                    var packet = new ShutdownPacket(Memory, Allocate(ShutdownPacket.SizeOf(Memory.Layout), "IoSh"));
                    packet.SetDeviceObject(Memory, device);
                    Insert(lastChance ? "IopNotifyLastChanceShutdownQueueHead" : "IopNotifyShutdownQueueHead", packet.ListEntry);
                }

                break;
            case RegistrationKind.FileSystemNotification:
                var change = new NotificationPacket(Memory, Allocate(NotificationPacket.SizeOf(Memory.Layout), "IoFs"));
                change.SetDriverObject(Memory, new DriverObject(Memory, record.Subject));
                change.SetNotificationRoutine(Memory, record.Routine);
                Insert("IopFsNotifyChangeQueueHead", change.ListEntry);
                break;
            case RegistrationKind.FileSystem when Memory.Layout.TryGetField("_DEVICE_OBJECT", "Queue.ListEntry", out var link):
                Insert("IopDiskFileSystemQueueHead", new ListEntry(Memory, record.Address + link.Offset));
                break;
            case RegistrationKind.PnpNotification:
                var entry = new PnpNotifyEntry(Memory, record.Address);
                if (entry.EventCategory == 2)
                    GuestList.InsertTail(Memory, new ListEntry(Memory, ClassBucket(entry.ClassGuid)), entry.ListEntry);
                else if (entry.EventCategory == 1)
                    Insert("PnpProfileNotifyList", entry.ListEntry);
                break;
            case RegistrationKind.BugCheckCallback:
                // Both kinds of record begin with the link; their lists are two.
                var isReason = new KBugCheckReasonCallbackRecord(Memory, record.Address).CallbackRoutine == record.Routine
                    && new KBugCheckCallbackRecord(Memory, record.Address).State != 1;
                Insert(isReason ? "KeBugCheckReasonCallbackListHead" : "KeBugCheckCallbackListHead", new ListEntry(Memory, record.Address));
                break;
            case RegistrationKind.IoTimer:
                Insert("IopTimerQueueHead", new IoTimer(Memory, record.Address).TimerList);
                break;
            case RegistrationKind.PowerSetting:
                InsertPowerSetting(new PowerSettingRegistration(Memory, record.Address));
                break;
            case RegistrationKind.Wmi:
                var provider = new WmiRegistration(Memory, Allocate(WmiRegistration.SizeOf(Memory.Layout), "WmiR"));
                provider.SetDeviceObject(Memory, new DeviceObject(Memory, record.Subject));
                provider.SetProviderId(Memory, _kernel.Wmi.IoWMIDeviceObjectToProviderId(record.Subject));
                Insert("WmipInUseRegEntryHead", provider.Link);
                break;
            case RegistrationKind.NmiCallback:
                Push("KiNmiCallbackListHead", record.Routine);
                break;
            case RegistrationKind.LogonSession:
                Push("SeFileSystemNotifyRoutinesHead", record.Routine);
                break;
            default:
                // Other kinds lie in target memory already, or Windows keeps them where no public layout reaches.
                break;
        }
    }

    /// <summary>At its setting where that has a value, else among those of settings that have none (U-6.35a).</summary>
    private void InsertPowerSetting(PowerSettingRegistration registration)
    {
        var guid = registration.SettingGuid;
        if (!PowerManager.HasValue(guid))
        {
            Insert("PopRegisteredPowerSettingCallbacks", registration.Link);
            return;
        }

        if (!_powerSettings.TryGetValue(guid, out var setting))
        {
            setting = new PowerSetting(Memory, Allocate(PowerSetting.SizeOf(Memory.Layout), "PSet"));
            setting.SetSettingGuid(Memory, guid);
            _kernel.Ke.InitializeList(setting.Registrations.Address);
            Insert("PopPowerSettings", setting.Link);
            _powerSettings.Add(guid, setting);
        }

        GuestList.InsertTail(Memory, setting.Registrations, registration.Link);
    }

    private readonly Dictionary<Guid, PowerSetting> _powerSettings = [];

    /// <summary>Enters a routine in a singly linked list.</summary>
    private void Push(string head, VirtualAddress routine)
    {
        var list = Images.Variable(head, 8);
        var entry = new RoutineListEntry(Memory, Allocate(RoutineListEntry.SizeOf(Memory.Layout), "Cblk"));
        entry.SetNext(Memory, Memory.ReadPointer(list));
        entry.SetRoutine(Memory, routine);
        Memory.WritePointer(list, entry.Address);
    }

    private VirtualAddress ClassBucket(Guid interfaceClass)
    {
        Span<byte> bytes = stackalloc byte[16];
        interfaceClass.TryWriteBytes(bytes);
        return Images.Variable("PnpDeviceClassNotifyList", 16 * ClassBuckets) + (16 * (int)(BinaryPrimitives.ReadUInt32LittleEndian(bytes) % ClassBuckets));
    }

    private void PublishRoutines(string table, RegistrationKind kind, IEnumerable<RegistrationRecord> live)
    {
        var slots = Images.Variable(table, 8 * RoutineSlots);
        var count = 0;
        foreach (var record in live.Where(r => r.Kind == kind).OrderBy(r => r.Sequence).Take(RoutineSlots))
        {
            var block = new ExCallbackRoutineBlock(Memory, Allocate(ExCallbackRoutineBlock.SizeOf(Memory.Layout), "Psnt"));
            block.SetFunction(Memory, record.Routine);

            // The low four bits count rundown references that are handed out in advance (dump-format 14).
            Memory.WriteUInt64(slots + (8 * count++), block.Address.Value | 0xF);
        }

        Memory.WriteUInt32(Images.Variable(table + "Count", 4), (uint)count);
    }

    /// <summary>Timers go into the processor's table with their DPC encoded, DPCs into its queue (dump-format 15).</summary>
    private void PublishTimersAndDpcs()
    {
        var prcb = new KPrcb(Memory, new KPcr(Memory, AddressMap.ProcessorControlRegion).CurrentPrcb);
        var entries = prcb.TimerTable.TimerEntries;
        var never = Memory.ReadUInt64(Images.Variable("KiWaitNever", 8));
        var always = Memory.ReadUInt64(Images.Variable("KiWaitAlways", 8));
        for (var index = 0; index < entries.Count; index++)
        {
            _kernel.Ke.InitializeList(entries[index].Entry.Address);
            entries[index].SetTime(Memory, ulong.MaxValue);
        }

        foreach (var address in _kernel.Ke.ArmedTimers.ToArray())
        {
            var timer = new KTimer(Memory, address);
            if (!Memory.TryRead(address, new byte[KTimer.SizeOf(Memory.Layout)], out _))
                continue;
            var bucket = entries[(int)((timer.DueTime >> 18) % 256)];
            GuestList.InsertTail(Memory, bucket.Entry, timer.TimerListEntry);
            if (timer.DueTime < bucket.Time)
                bucket.SetTime(Memory, timer.DueTime);
            if (!timer.Dpc.IsNull)
                timer.SetDpc(Memory, new VirtualAddress(Encode(timer.Dpc.Value, address.Value, never, always)));
        }

        var queue = prcb.DpcData[0];
        var isDouble = Memory.Layout.TryGetField("_KDPC_DATA", "DpcListHead.Flink", out var head);
        if (isDouble)
            _kernel.Ke.InitializeList(queue.Address + head.Offset);
        VirtualAddress? previous = null;
        foreach (var dpc in _kernel.Ke.QueuedDpcs)
        {
            if (!Memory.Layout.TryGetField("_KDPC", "DpcListEntry", out var link) || !Memory.TryRead(dpc, new byte[0x40], out _))
                continue;
            if (isDouble)
                GuestList.InsertTail(Memory, new ListEntry(Memory, queue.Address + head.Offset), new ListEntry(Memory, dpc + link.Offset));
            else if (previous is { } before)
                Memory.WritePointer(before, dpc + link.Offset);
            else
                queue.SetFirstDpc(Memory, dpc + link.Offset);
            if (!isDouble)
                Memory.WritePointer(dpc + link.Offset, VirtualAddress.Null);
            previous = dpc + link.Offset;
        }

        queue.SetDpcQueueDepth(Memory, _kernel.Ke.QueuedDpcs.Count);
    }

    /// <summary>The inverse of dump-format 15's decoding.</summary>
    private static ulong Encode(ulong dpc, ulong timer, ulong never, ulong always)
    {
        var word = BinaryPrimitives.ReverseEndianness(dpc ^ always) ^ timer;
        return System.Numerics.BitOperations.RotateRight(word, (int)(never & 0x3F)) ^ never;
    }

    private void Insert(string head, ListEntry entry) => GuestList.InsertTail(Memory, new ListEntry(Memory, Images.Variable(head, 16)), entry);

    private VirtualAddress Allocate(int bytes, string tag) =>
        _kernel.Ex.NonPagedPool.Allocate((ulong)bytes, BinaryPrimitives.ReadUInt32LittleEndian(System.Text.Encoding.ASCII.GetBytes(tag)), null);
}

using System.Buffers.Binary;
using System.Numerics;
using LastRef.Dumps;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>What the lab's kernel keeps outside target memory stands in its dump where Windows has it.</summary>
public class PublicationTests
{
    public static TheoryData<NtBuild> Builds => [.. TypeLayout.Builds];

    [Theory, MemberData(nameof(Builds))]
    public void A_shutdown_registration_is_in_its_list(NtBuild build) => Open("r31-defect.sys", "start-stop", build, dump =>
    {
        var links = LinksOf(dump, "IopNotifyShutdownQueueHead");
        var device = new ShutdownPacket(dump.Kernel, Assert.Single(links)).DeviceObject!.Value;
        Assert.Equal(DeviceFlags.ShutdownRegistered, device.Flags & DeviceFlags.ShutdownRegistered);
        Assert.Equal(@"\Driver\r31-defect", device.DriverObject!.Value.DriverName.ToText());
        Assert.Empty(LinksOf(dump, "IopNotifyLastChanceShutdownQueueHead"));
        Assert.Empty(LinksOf(dump, "IopPendingSurpriseRemovals"));
    });

    [Theory, MemberData(nameof(Builds))]
    public void A_file_system_watcher_is_in_its_list(NtBuild build) => Open("r14-defect.sys", "start-stop", build, dump =>
    {
        var packet = new NotificationPacket(dump.Kernel, Assert.Single(LinksOf(dump, "IopFsNotifyChangeQueueHead")));
        var driver = packet.DriverObject!.Value;
        Assert.True(packet.NotificationRoutine >= driver.DriverStart && packet.NotificationRoutine < driver.DriverStart + (ulong)driver.DriverSize);
    });

    [Theory, MemberData(nameof(Builds))]
    public void A_process_routine_that_was_left_behind_is_in_its_array(NtBuild build) => Open("r43-defect.sys", "start-stop", build, dump =>
    {
        var slots = dump.Find("PspCreateProcessNotifyRoutine")!.Value;
        var value = dump.Kernel.ReadUInt64(slots);
        Assert.Equal(0xFUL, value & 0xF);
        Assert.Equal(0UL, dump.Kernel.ReadUInt64(slots + 8));
        Assert.Equal(1u, dump.Kernel.ReadUInt32(dump.Find("PspCreateProcessNotifyRoutineCount")!.Value));
        var routine = new ExCallbackRoutineBlock(dump.Kernel, new VirtualAddress(value & ~0xFUL)).Function;

        // The driver's image has left; the history of unloaded images has the range.
        var history = dump.Kernel.ReadPointer(dump.Find("MmUnloadedDrivers")!.Value);
        Assert.True(routine >= dump.Kernel.ReadPointer(history + 0x10) && routine < dump.Kernel.ReadPointer(history + 0x18));
        Assert.Equal(1u, dump.Kernel.ReadUInt32(dump.Find("MmLastUnloadedDriver")!.Value));
    });

    [Theory, MemberData(nameof(Builds))]
    public void A_set_timer_is_in_the_processors_table_with_its_DPC_encoded(NtBuild build) => Open("r22-ticking-defect.sys", "add-start-remove", build, dump =>
    {
        var prcb = new KPrcb(dump.Kernel, dump.Kernel.ReadPointer(dump.Find("KiProcessorBlock")!.Value));
        var (never, always) = (dump.Kernel.ReadUInt64(dump.Find("KiWaitNever")!.Value), dump.Kernel.ReadUInt64(dump.Find("KiWaitAlways")!.Value));
        Assert.True(dump.Kernel.Layout.TryGetField("_KTIMER", "TimerListEntry", out var link));
        var timers = new List<KTimer>();
        var entries = prcb.TimerTable.TimerEntries;
        for (var index = 0; index < entries.Count; index++)
            timers.AddRange(Walker.Links(entries[index].Entry, 100).Items.Select(at => new KTimer(dump.Kernel, at - link.Offset)));
        var decoded = timers.Where(timer => !timer.Dpc.IsNull).Select(timer =>
        {
            var word = BitOperations.RotateLeft(timer.Dpc.Value ^ never, (int)(never & 0xFF)) ^ timer.Address.Value;
            return new KDpc(dump.Kernel, new VirtualAddress(BinaryPrimitives.ReverseEndianness(word) ^ always));
        }).ToList();
        Assert.Contains(decoded, dpc => dpc.Type == DispatcherType.Dpc && dpc.DeferredRoutine.IsKernel);
        Assert.Contains(timers, timer => timer.Period == 500);
    });

    [Theory, MemberData(nameof(Builds))]
    public void Types_are_found_by_the_index_in_an_objects_header(NtBuild build) => Open("r31-defect.sys", "start-stop", build, dump =>
    {
        var body = new ShutdownPacket(dump.Kernel, LinksOf(dump, "IopNotifyShutdownQueueHead")[0]).DeviceObject!.Value.Address;
        var header = new ObjectHeader(dump.Kernel, body - 0x30);
        var index = (int)header.TypeIndex;
        if (dump.Find("ObHeaderCookie") is { } cookie)
            index ^= dump.Kernel.ReadByte(cookie) ^ (byte)(header.Address.Value >> 8);
        var type = new ObjectType(dump.Kernel, dump.Kernel.ReadPointer(dump.Find("ObTypeIndexTable")!.Value + (8 * index)));
        Assert.Equal(("Device", index), (type.Name.ToText(), type.Index));
        Assert.Equal(build >= NtBuild.Windows10_1607, dump.Find("ObHeaderCookie") is not null);
    });

    private static IReadOnlyList<VirtualAddress> LinksOf(Dump dump, string head)
    {
        var walk = Walker.Links(new ListEntry(dump.Kernel, dump.Find(head)!.Value), 100);
        Assert.True(walk.IsComplete, $"{head}: {walk.Reservation}");
        return walk.Items;
    }

    private static void Open(string driver, string scenario, NtBuild build, Action<Dump> check) => SavedMachine.Run(driver, scenario, build, machine =>
    {
        using var dump = DumpFile.Open(new MemoryBytes(RoundTripTests.Save(machine)), "lab.dmp");
        check(dump);
    });
}

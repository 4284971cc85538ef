using System.Diagnostics;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Structures that lie: every walk ends in bounded time and memory, and the report says where it was cut off.</summary>
public sealed class HostileSurveyTests
{
    private static readonly SurveyOptions _small = new() { ListLimit = 1000, HandleLimit = 5000 };

    public static TheoryData<string> Lies() =>
    [
        "module list in a circle", "process list in a circle", "device list in a circle", "attachment in a circle", "directory chain in a circle",
        "directory in itself", "device tree in a circle", "thread list in a circle", "irp list in a circle", "handle table in itself", "handle level 3",
        "handle pointers wild", "notify list in a circle", "timer list in a circle", "registry callbacks wild", "callback array wild", "stack bounds wild",
        "name too long", "name wild", "name of control characters", "unloaded history wild", "irp counts lie", "object headers without end",
        "modules without end", "driver extension wild", "device extension wild", "prcb array without end", "all variables wild",
        "nmi list in a circle", "power list in a circle", "wmi list wild", "event table wild", "event list in a circle", "work queue in a circle",
        "work queue wild", "pending removals in a circle", "links wild", "unwind data lies", "wait blocks in a circle",
    ];

    [Theory]
    [MemberData(nameof(Lies))]
    public void A_lie_ends_the_walk_and_is_told(string lie)
    {
        var machine = new StoppedMachine();
        var driver = machine.Driver("victim");
        var device = machine.Device(driver, "Victim");
        machine.SetExtensionFlags(device, DeviceObjectExtensionFlags.UnloadPending);
        var file = machine.Open(device);
        var app = machine.Process("app.exe", 8);
        machine.Handle(app, file.Address);
        var thread = machine.Thread(app, default);
        Tell(machine, lie, driver, device, app, thread);

        var watch = Stopwatch.StartNew();
        var before = GC.GetAllocatedBytesForCurrentThread();
        var survey = new MachineSurvey(machine, _small);
        var subject = survey.Find("victim") ?? survey.Find($"0x{driver.Address.Value:x16}");
        var result = subject is null ? null : PostMortem.Judge(survey, subject);
        _ = survey.StuckDrivers();
        _ = survey.AllIrps();
        _ = survey.Registrations;
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"{lie}: took {watch.Elapsed}");
        Assert.True(allocated < 400L << 20, $"{lie}: allocated {allocated >> 20} MB");
        var told = survey.Gaps.Concat(result?.Scenarios[0].Capture.Gaps ?? []).ToList();
        if (lie != "name of control characters")
            Assert.NotEmpty(told);
        Assert.DoesNotContain(survey.Drivers, d => d.Name?.Any(char.IsControl) == true);
    }

    [Fact]
    public void A_dump_of_nothing_but_pool_headers_is_bounded()
    {
        var machine = new StoppedMachine();
        machine.Driver("victim", DriverObjectFlags.UnloadInvoked, isNamed: false);
        for (var i = 0; i < 400; i++)
        {
            var page = machine.Page();
            for (var at = 0; at < 0x1000; at += 32)
            {
                machine.Memory.WriteByte(page + (at + 2), 255);
                machine.Memory.WriteByte(page + (at + 3), 2);
                machine.Memory.Write(page + (at + 4), (i % 3) switch { 0 => "Driv"u8, 1 => "File"u8, _ => "Irp "u8 });
            }
        }

        var survey = new MachineSurvey(machine, _small);
        Assert.NotNull(survey.Find("victim")?.Driver);
    }

    [Fact]
    public void A_scan_that_is_cancelled_ends_with_what_was_found_and_says_so()
    {
        var machine = new StoppedMachine();
        machine.Driver("victim", DriverObjectFlags.UnloadInvoked, isNamed: false);
        using var source = new CancellationTokenSource();
        source.Cancel();
        var survey = new MachineSurvey(machine, new SurveyOptions { Cancellation = source.Token });

        var subject = survey.Find("victim");

        Assert.NotNull(subject?.Module);
        Assert.Null(subject.Driver);
        Assert.Contains(survey.Gaps, gap => gap.Contains("cut off on request", StringComparison.Ordinal));
        Assert.Equal(Verdict.Inconclusive, PostMortem.Judge(survey, subject).Verdict);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_damage_never_breaks_the_survey(int seed)
    {
        var state = (uint)seed * 2654435761;
        uint Next() => state = (state * 1664525) + 1013904223;
        for (var round = 0; round < 40; round++)
        {
            var machine = new StoppedMachine();
            var driver = machine.Driver("victim");
            var device = machine.Device(driver, "Victim");
            var app = machine.Process("app.exe", 8);
            machine.Handle(app, machine.Open(device).Address);
            machine.Thread(app, default);
            var pages = machine.Memory.Pages.ToArray();
            for (var i = 0; i < 60; i++)
            {
                var at = pages[Next() % pages.Length] + (int)(Next() % 0xFF8 & ~7u);
                machine.Memory.WriteUInt64(at, (Next() % 4) switch
                {
                    0 => Next(),
                    1 => pages[Next() % pages.Length].Value + (Next() & 0xFF8),
                    2 => ulong.MaxValue,
                    _ => 0xFFFF_8000_0000_0000 | ((ulong)Next() << 8),
                });
            }

            var survey = new MachineSurvey(machine, _small);
            if (survey.Find("victim") is { } subject)
                _ = PostMortem.Judge(survey, subject);
            _ = survey.StuckDrivers();
            _ = survey.AllIrps();
            _ = survey.Timers.Count + survey.Dpcs.Count + survey.Handles.Count;
        }
    }

    private static void Tell(StoppedMachine machine, string lie, DriverObject driver, DeviceObject device, EProcess app, EThread thread)
    {
        var memory = machine.Memory;
        var wild = new VirtualAddress(0xFFFF_B000_DEAD_0000);
        switch (lie)
        {
            case "module list in a circle":
                var first = memory.ReadPointer(machine.AddressOf("PsLoadedModuleList"));
                memory.WritePointer(first, first);
                break;
            case "process list in a circle":
                memory.WritePointer(app.ActiveProcessLinks.Address, app.ActiveProcessLinks.Address);
                break;
            case "device list in a circle":
                device.SetNextDevice(memory, device);
                break;
            case "attachment in a circle":
                machine.Attach(device, device);
                break;
            case "directory chain in a circle":
                for (var i = 0; i < 37; i++)
                {
                    if (memory.ReadPointer(machine.DriverDirectory + (8 * i)) is { IsNull: false } entry)
                        memory.WritePointer(entry, entry);
                }

                break;
            case "directory in itself":
                new ObjectHeaderNameInfo(memory, machine.DriverDirectory - 0x50).SetDirectory(memory, new ObjectDirectory(memory, machine.DriverDirectory));
                device.SetNextDevice(memory, new DeviceObject(memory, wild));
                break;
            case "device tree in a circle":
                machine.Node("A", "victim", "DeviceNodeStarted", null);
                new DeviceNode(memory, new DeviceNode(memory, machine.RootNode).Child!.Value.Address).SetChild(memory, new DeviceNode(memory, machine.RootNode));
                break;
            case "thread list in a circle":
                memory.WritePointer(thread.ThreadListEntry.Address, thread.ThreadListEntry.Address);
                break;
            case "irp list in a circle":
                var irp = machine.Irp(device, null, IrpMajor.Read, thread);
                memory.WritePointer(irp.ThreadListEntry.Address, irp.ThreadListEntry.Address);
                break;
            case "handle table in itself":
                var page = machine.Page();
                memory.WritePointer(page, page);
                app.ObjectTable!.Value.SetTableCode(memory, page.Value | 2);
                break;
            case "handle level 3":
                app.ObjectTable!.Value.SetTableCode(memory, app.ObjectTable!.Value.TableCode | 3);
                break;
            case "handle pointers wild":
                app.ObjectTable!.Value.SetTableCode(memory, wild.Value | 1);
                break;
            case "notify list in a circle":
                var entries = machine.PnpNotification(driver, wild);
                memory.WritePointer(entries, entries);
                break;
            case "timer list in a circle":
                var timer = machine.Timer(wild).TimerListEntry.Address;
                memory.WritePointer(timer, timer);
                break;
            case "registry callbacks wild":
                memory.WritePointer(machine.AddressOf("CallbackListHead"), wild);
                break;
            case "callback array wild":
                memory.WriteUInt64(machine.AddressOf("PspCreateProcessNotifyRoutine"), wild.Value | 7);
                break;
            case "stack bounds wild":
                thread.Tcb.SetStackLimit(memory, VirtualAddress.SystemRangeStart);
                thread.Tcb.SetStackBase(memory, new VirtualAddress(ulong.MaxValue - 7));
                memory.WritePointer(thread.IrpList.Address, wild);
                break;
            case "name too long":
                driver.DriverName.SetLength(memory, 0xFFFE);
                driver.DriverName.SetBuffer(memory, wild);
                driver.DriverExtension!.Value.ServiceKeyName.SetLength(memory, 0xFFFF);
                memory.WritePointer(machine.AddressOf("CallbackListHead"), wild);
                break;
            case "name wild":
                new ObjectHeaderNameInfo(memory, driver.Address - 0x50).Name.SetBuffer(memory, wild);
                memory.WritePointer(machine.AddressOf("CallbackListHead"), wild);
                break;
            case "name of control characters":
                machine.Text(new ObjectHeaderNameInfo(memory, driver.Address - 0x50).Name, "vic\u001b[2Jtim\r\n\ud800");
                break;
            case "unloaded history wild":
                memory.WritePointer(machine.AddressOf("MmUnloadedDrivers"), wild);
                break;
            case "irp counts lie":
                var liar = machine.Irp(device, null, IrpMajor.Read, thread);
                liar.SetStackCount(memory, 127);
                liar.SetCurrentLocation(memory, -5);
                memory.WritePointer(liar.ThreadListEntry.Address, wild);
                break;
            case "object headers without end":
                var previous = device;
                for (var i = 0; i < 1500; i++)
                {
                    var next = machine.Device(driver, null, isListed: false);
                    previous.SetNextDevice(memory, next);
                    previous = next;
                }

                break;
            case "modules without end":
                for (var i = 0; i < 1500; i++)
                    machine.Module("m.sys", 0x1000, 1);
                break;
            case "driver extension wild":
                driver.SetDriverExtension(memory, new DriverExtension(memory, wild));
                break;
            case "device extension wild":
                device.SetDeviceObjectExtension(memory, new DeviceObjectExtension(memory, wild));
                break;
            case "prcb array without end":
                memory.WritePointer(machine.AddressOf("KiProcessorBlock") + 8, wild);
                break;
            case "nmi list in a circle":
                var routine = machine.NmiCallback(wild);
                memory.WritePointer(routine, routine);
                break;
            case "power list in a circle":
                var setting = machine.PowerSetting(wild);
                memory.WritePointer(setting, setting);
                break;
            case "wmi list wild":
                memory.WritePointer(machine.AddressOf("WmipInUseRegEntryHead"), wild);
                break;
            case "event table wild":
                memory.WritePointer(machine.AddressOf("EtwpHostSiloState"), wild);
                break;
            case "event list in a circle":
                var provider = machine.EventProvider(wild);
                memory.WritePointer(provider, provider);
                break;
            case "work queue in a circle":
                var item = machine.QueuedItem(wild, default);
                memory.WritePointer(item, item);
                break;
            case "work queue wild":
                memory.WritePointer(machine.AddressOf("PspSystemPartition"), wild);
                break;
            case "pending removals in a circle":
                var pending = machine.PendingRemoval(device);
                memory.WritePointer(pending, pending);
                break;
            case "links wild":
                var link = machine.Link("Victim", @"\Device\Victim");
                new SymbolicLinkObject(memory, link).LinkTarget.SetBuffer(memory, wild);
                break;
            case "unwind data lies":
                machine.UnwindData(driver, 0xFFFF_FFFF, 0x8, [7, 255, 255, 255]);
                machine.Waiting(machine.Thread(app, default), driver.DriverStart.Value + 0x1040, machine.Page());
                memory.WritePointer(machine.AddressOf("CallbackListHead"), wild);
                break;
            case "wait blocks in a circle":
                machine.Waiting(thread, driver.DriverStart.Value + 0x1040, thread.Address);
                memory.WritePointer(machine.AddressOf("CallbackListHead"), wild);
                break;
            default:
                foreach (var variable in new[] { "PsLoadedModuleList", "PsActiveProcessHead", "ObpRootDirectoryObject", "IopRootDeviceNode", "MmUnloadedDrivers" })
                    memory.WritePointer(machine.AddressOf(variable), wild);
                break;
        }
    }
}

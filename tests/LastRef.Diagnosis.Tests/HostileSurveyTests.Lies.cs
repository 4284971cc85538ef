using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>The lies themselves: each bends one structure of a machine that was sound.</summary>
public sealed partial class HostileSurveyTests
{
    /// <summary>A list whose first entry leads to itself.</summary>
    private static void Loop(StoppedMachine machine, VirtualAddress head)
    {
        var entry = machine.Pool("Loop", 0x80);
        machine.Append(head, entry);
        machine.Memory.WritePointer(entry, entry);
    }

    private static void Tell(StoppedMachine machine, string lie, DriverObject driver, DeviceObject device, EProcess app, EThread thread)
    {
        var memory = machine.Memory;
        var wild = new VirtualAddress(0xFFFF_B000_DEAD_0000);
        switch (lie)
        {
            case "shutdown list in a circle":
                Loop(machine, machine.AddressOf("IopNotifyShutdownQueueHead"));
                break;
            case "last chance list wild":
                memory.WritePointer(machine.AddressOf("IopNotifyLastChanceShutdownQueueHead"), wild);
                break;
            case "file system notifications in a circle":
                Loop(machine, machine.AddressOf("IopFsNotifyChangeQueueHead"));
                break;
            case "bug check list in a circle":
                Loop(machine, machine.AddressOf("KeBugCheckCallbackListHead"));
                break;
            case "bug check reasons wild":
                memory.WritePointer(machine.AddressOf("KeBugCheckReasonCallbackListHead"), wild);
                break;
            case "device timers in a circle":
                Loop(machine, machine.AddressOf("IopTimerQueueHead"));
                break;
            case "logon list in a circle":
                var logon = machine.Pool("Cblk", 0x20);
                memory.WritePointer(logon, logon);
                memory.WritePointer(machine.AddressOf("SeFileSystemNotifyRoutinesHead"), logon);
                break;
            case "profile notifications in a circle":
                Loop(machine, machine.AddressOf("PnpProfileNotifyList"));
                break;
            case "target notifications in a circle":
                Loop(machine, machine.Node(@"PCI\VEN\0", "victim", "DeviceNodeStarted", null).TargetDeviceNotifyAddress);
                break;
            case "interrupts in a circle":
                machine.Interrupt(0x51, driver.DriverStart + 0x1000);
                var shared = machine.Interrupt(0x51, driver.DriverStart + 0x1010);
                memory.WritePointer(shared.InterruptListEntryAddress, shared.InterruptListEntryAddress);
                break;
            case "reference traces in a circle":
                var info = machine.TraceReferences(driver.Address, (+1, []));
                info.SetNextRef(memory, info.Address);
                machine.AddReferences(driver.Address, 1);
                break;
            case "reference traces wild":
                machine.TraceReferences(driver.Address, (+1, [])).SetNextPos(memory, ushort.MaxValue);
                memory.WritePointer(machine.AddressOf("ObpStackTable"), wild);
                machine.AddReferences(driver.Address, 1);
                break;
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

using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

public sealed class NotificationTests
{
    private const ulong InterfaceChange = 2;
    private const ulong TargetChange = 3;

    [Fact]
    public void A_registration_holds_its_driver_until_it_is_taken_back()
    {
        using var test = KernelTest.Boot();
        var client = TestDriver.Load(test, "client");
        var before = test.PointerCount(client.Object.Address);
        var entry = Register(test, client, InterfaceChange, InterfaceTests.GuidAt(test), _ => NtStatus.Success);
        Assert.Equal(before + 1, test.PointerCount(client.Object.Address));
        client.Stop();
        Assert.True(client.WasUnloaded);
        Assert.True(client.IsImageLoaded);
        Assert.Equal(NtStatus.Success, test.Status("IoUnregisterPlugPlayNotificationEx", entry.Value));
        test.RunUntilIdle();
        Assert.False(client.IsImageLoaded);
    }

    [Fact]
    [Trait("Spec", "T-73")]
    public void Interface_arrivals_and_removals_reach_who_registered_for_the_class()
    {
        using var test = KernelTest.Boot();
        var client = TestDriver.Load(test, "client");
        var events = new List<(Guid, string)>();
        var pnp = PnpTestDriver.Load(test, "function");
        var existing = InterfaceTests.Register(test, pnp.PlugIn(1));
        InterfaceTests.Enable(test, existing, true);
        var entry = Register(test, client, InterfaceChange, InterfaceTests.GuidAt(test), address =>
        {
            var seen = new DeviceInterfaceChangeNotification(test.Memory, address);
            events.Add((seen.Event, seen.SymbolicLinkName!.Value.ToText()));
            return NtStatus.Success;
        }, flags: 1);
        Assert.Equal([(PnpEvents.InterfaceArrival, existing.ToText())], events);

        events.Clear();
        var device = pnp.PlugIn(2);
        var name = InterfaceTests.Register(test, device);
        InterfaceTests.Enable(test, name, true);
        InterfaceTests.Enable(test, name, false);
        Assert.Equal([(PnpEvents.InterfaceArrival, name.ToText()), (PnpEvents.InterfaceRemoval, name.ToText())], events);
        test.Status("IoUnregisterPlugPlayNotification", entry.Value);
        InterfaceTests.Enable(test, name, true);
        Assert.Equal(2, events.Count);
    }

    [Fact]
    [Trait("Spec", "T-80")]
    public void A_target_callback_that_refuses_ends_the_removal_before_any_stack_is_asked()
    {
        using var test = KernelTest.Boot();
        var (pnp, device, client, file) = OpenTarget(test);
        var events = new List<Guid>();
        Register(test, client, TargetChange, file, address =>
        {
            events.Add(new TargetDeviceRemovalNotification(test.Memory, address).Event);
            return NtStatus.Success;
        });
        Register(test, client, TargetChange, file, address =>
            new TargetDeviceRemovalNotification(test.Memory, address).Event == PnpEvents.QueryRemove ? NtStatus.Unsuccessful : NtStatus.Success);
        Assert.Equal(NtStatus.PlugplayQueryVetoed, pnp.Remove(device));
        Assert.DoesNotContain("QueryRemoveDevice", pnp.Log);
        Assert.Equal([PnpEvents.QueryRemove, PnpEvents.RemoveCancelled], events);
        var veto = Assert.Single(test.Kernel.Trace.Of<VetoRecord>());
        Assert.Equal((7, @"\Driver\client"), (veto.VetoType, veto.Name));
    }

    [Fact]
    public void A_client_that_closes_when_asked_lets_the_device_go()
    {
        using var test = KernelTest.Boot();
        var (pnp, device, client, file) = OpenTarget(test);
        var events = new List<Guid>();
        var before = test.PointerCount(device.Pdo.Address);
        var entry = VirtualAddress.Null;
        entry = RegisterAsync(test, client, TargetChange, file, async address =>
        {
            var seen = new TargetDeviceRemovalNotification(test.Memory, address);
            events.Add(seen.Event);
            Assert.Equal(file, seen.FileObject!.Value.Address.Value);
            if (seen.Event == PnpEvents.QueryRemove)
                await test.Call("ObfDereferenceObject", file);
            else
                await test.Call("IoUnregisterPlugPlayNotificationEx", entry.Value);
            return NtStatus.Success;
        });
        Assert.Equal(before + 1, test.PointerCount(device.Pdo.Address));
        var node = new DeviceNode(test.Memory, device.Node);
        Assert.Equal(entry, node.TargetDeviceNotify.Flink);
        Assert.Equal(NtStatus.Success, pnp.Remove(device));
        Assert.Equal([PnpEvents.QueryRemove, PnpEvents.RemoveComplete], events);
        Assert.Equal(before, test.PointerCount(device.Pdo.Address));
        Assert.Equal(node.TargetDeviceNotify.Address, node.TargetDeviceNotify.Flink);
        client.Stop();
        Assert.False(client.IsImageLoaded);
    }

    [Fact]
    public void A_target_registration_left_behind_holds_the_PDO_of_a_device_that_is_gone()
    {
        using var test = KernelTest.Boot();
        var (pnp, device, client, file) = OpenTarget(test);
        var entry = Register(test, client, TargetChange, file, _ => NtStatus.Success);
        test.Run(async _ => await test.Call("ObfDereferenceObject", file));
        pnp.PullOut(device);
        Assert.True(device.IsDeleted);
        Assert.True(test.Kernel.Ob.IsAlive(device.Pdo.Address, ObjectKind.Device));
        Assert.Equal(1, test.PointerCount(device.Pdo.Address));
        test.Status("IoUnregisterPlugPlayNotificationEx", entry.Value);
        Assert.False(test.Kernel.Ob.IsAlive(device.Pdo.Address, ObjectKind.Device));
    }

    [Fact]
    public void A_custom_event_reaches_who_registered_for_the_device()
    {
        using var test = KernelTest.Boot();
        var (_, device, client, file) = OpenTarget(test);
        var seen = new List<(Guid, ulong)>();
        Register(test, client, TargetChange, file, address =>
        {
            seen.Add((ReadGuid(test, address + 4), test.Memory.ReadUInt64(address + 0x18)));
            return NtStatus.Success;
        });
        var own = new Guid("99999999-2222-3333-4444-555555555555");
        var structure = test.Allocate(0x28);
        test.Memory.WriteUInt32(structure, 0x0028_0001);
        test.Memory.Write(structure + 4, own.ToByteArray());
        Assert.Equal(NtStatus.Success, test.Status("IoReportTargetDeviceChange", device.Pdo.Address.Value, structure.Value));
        var called = 0;
        var callback = test.Routine(_ => { called++; return GuestTask.FromResult(0UL); });
        Assert.Equal(
            NtStatus.Pending, test.Status("IoReportTargetDeviceChangeAsynchronous", device.Pdo.Address.Value, structure.Value, callback.Value, 0));
        test.RunUntilIdle();
        Assert.Equal(1, called);
        Assert.Equal([(own, file), (own, file)], seen);
        test.Memory.Write(structure + 4, PnpEvents.QueryRemove.ToByteArray());
        Assert.Equal(NtStatus.InvalidDeviceRequest, test.Status("IoReportTargetDeviceChange", device.Pdo.Address.Value, structure.Value));
    }

    /// <summary>A device and a driver that has it open through IoGetDeviceObjectPointer.</summary>
    private static (PnpTestDriver Pnp, PnpDevice Device, TestDriver Client, ulong File) OpenTarget(KernelTest test)
    {
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        var client = TestDriver.Load(test, "client");
        var (file, top) = (test.Allocate(8), test.Allocate(8));
        var name = test.Text(test.Kernel.Ob.NameOf(device.Pdo.Address)!);
        Assert.Equal(NtStatus.Success, test.Status("IoGetDeviceObjectPointer", name, 0x80, file.Value, top.Value));
        return (pnp, device, client, test.Memory.ReadUInt64(file));
    }

    private static VirtualAddress Register(
        KernelTest test, TestDriver client, ulong category, ulong data, Func<VirtualAddress, NtStatus> callback, ulong flags = 0) =>
        RegisterAsync(test, client, category, data, address => GuestTask.FromResult(callback(address)), flags);

    private static VirtualAddress RegisterAsync(
        KernelTest test, TestDriver client, ulong category, ulong data, Func<VirtualAddress, GuestTask<NtStatus>> callback, ulong flags = 0)
    {
        var routine = test.Routine(async arguments => (await callback(new VirtualAddress(arguments[0]))).Code);
        var entry = test.Allocate(8);
        Assert.Equal(
            NtStatus.Success,
            test.Status("IoRegisterPlugPlayNotification", category, flags, data, client.Object.Address.Value, routine.Value, 0, entry.Value));
        return test.Memory.ReadPointer(entry);
    }

    private static Guid ReadGuid(KernelTest test, VirtualAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        test.Memory.Read(address, bytes);
        return new Guid(bytes);
    }
}

using LastRef.Kernel;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Every veto that can occur has its type, its name and who is behind it (spec 5.6).</summary>
public sealed class VetoTests
{
    [Fact]
    [Trait("Spec", "T-78")]
    [Trait("Spec", "U-5.20")]
    public void An_open_handle_is_type_5_and_names_the_process()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        new TestApplication(test).Open(test.Kernel.Ob.NameOf(device.Pdo.Address)!);
        Assert.Equal(NtStatus.PlugplayQueryVetoed, pnp.Remove(device));
        Assert.Equal((5, device.Identity.InstancePath, "app.exe"), Veto(test));
    }

    [Fact]
    [Trait("Spec", "U-5.21")]
    public void A_file_object_of_another_driver_vetoes_like_an_application()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        var name = test.Text(test.Kernel.Ob.NameOf(device.Pdo.Address)!);
        Assert.Equal(NtStatus.Success, test.Status("IoGetDeviceObjectPointer", name, 0x80, test.Allocate(8).Value, test.Allocate(8).Value));
        Assert.Equal(NtStatus.PlugplayQueryVetoed, pnp.Remove(device));
        Assert.Equal(5, Veto(test).Type);
        Assert.Empty(Assert.Single(test.Kernel.Trace.Of<VetoRecord>()).Holders);
    }

    [Fact]
    [Trait("Spec", "U-5.22")]
    [Trait("Spec", "T-63")]
    public void A_device_reference_alone_does_not_veto()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        var top = test.CallNow("IoGetAttachedDeviceReference", device.Pdo.Address.Value);
        Assert.Equal(NtStatus.Success, pnp.Remove(device));
        Assert.True(pnp.Driver.WasUnloaded);
        Assert.True(pnp.Driver.IsImageLoaded);
        test.CallNow("ObfDereferenceObject", top);
        Assert.False(pnp.Driver.IsImageLoaded);
    }

    [Fact]
    [Trait("Spec", "U-5.51")]
    public void A_driver_that_fails_the_query_is_type_6_and_is_named()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        pnp.Answer = minor => minor == PnpMinor.QueryRemoveDevice ? NtStatus.Unsuccessful : null;
        var device = pnp.PlugIn();
        Assert.Equal(NtStatus.PlugplayQueryVetoed, pnp.Remove(device));
        Assert.Equal((6, device.Identity.InstancePath, @"\Driver\function"), Veto(test));
    }

    [Fact]
    public void The_root_of_the_tree_is_type_8_and_a_device_that_is_gone_type_13()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        Assert.Equal(NtStatus.PlugplayQueryVetoed, OperationTests.Act(test, p => p.QueryAndRemove(p.Root)));
        Assert.Equal((8, @"HTREE\ROOT\0"), (Veto(test).Type, Veto(test).Name));
        var device = pnp.PlugIn();
        pnp.PullOut(device);
        Assert.Equal(NtStatus.PlugplayQueryVetoed, pnp.Remove(device));
        Assert.Equal((13, device.Identity.InstancePath), (Veto(test).Type, Veto(test).Name));
    }

    [Fact]
    [Trait("Spec", "U-5.46")]
    [Trait("Spec", "U-1.58")]
    public void A_child_that_is_not_disableable_protects_its_parents()
    {
        using var test = KernelTest.Boot();
        var bus = PnpTestDriver.Load(test, "bus");
        var device = bus.Arrive();
        bus.Report("a");
        bus.Report("b");
        bus.Start(device);
        var (first, second) = (device.Children[0], device.Children[1]);
        bus.ChildState = (ulong)PnpDeviceState.NotDisableable;
        test.CallNow("IoInvalidateDeviceState", first.Pdo.Address.Value);
        test.RunUntilIdle();
        Assert.Equal(DeviceNodeUserFlags.NotDisableable, OperationTests.Node(test, first).UserFlags);
        Assert.Equal((1u, 1u, 0u), Depends(test, first, device, second));
        test.CallNow("IoInvalidateDeviceState", second.Pdo.Address.Value);
        test.RunUntilIdle();
        Assert.Equal((1u, 2u, 1u), Depends(test, first, device, second));

        bus.Log.Clear();
        Assert.Equal(NtStatus.PlugplayQueryVetoed, bus.Remove(device));
        Assert.Equal((10, device.Identity.InstancePath, first.Identity.InstancePath), Veto(test));
        Assert.DoesNotContain("QueryRemoveDevice", bus.Log);

        bus.ChildState = 0;
        test.CallNow("IoInvalidateDeviceState", first.Pdo.Address.Value);
        test.CallNow("IoInvalidateDeviceState", second.Pdo.Address.Value);
        test.RunUntilIdle();
        Assert.Equal((0u, 0u, 0u), Depends(test, first, device, second));
        Assert.Equal(NtStatus.Success, bus.Remove(device));
    }

    [Fact]
    [Trait("Spec", "U-5.18")]
    public void A_paging_file_on_the_device_makes_it_stay()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "disk");
        var device = pnp.PlugIn();
        Assert.Equal(NtStatus.Success, OperationTests.Act(test, p => p.NotifyUsage(device, DeviceUsage.Paging, inPath: true)));
        Assert.Contains("DeviceUsageNotification", pnp.Log);
        Assert.Equal(1u, OperationTests.Node(test, device).DisableableDepends);
        Assert.Equal(NtStatus.PlugplayQueryVetoed, pnp.Remove(device));
        Assert.Equal((10, device.Identity.InstancePath, device.Identity.InstancePath), Veto(test));
        Assert.Equal(NtStatus.Success, OperationTests.Act(test, p => p.NotifyUsage(device, DeviceUsage.Paging, inPath: false)));
        Assert.Equal(NtStatus.InvalidDeviceRequest, OperationTests.Act(test, p => p.NotifyUsage(device, DeviceUsage.Paging, inPath: false)));
        pnp.Answer = minor => minor == PnpMinor.DeviceUsageNotification ? NtStatus.Unsuccessful : null;
        Assert.Equal(NtStatus.Unsuccessful, OperationTests.Act(test, p => p.NotifyUsage(device, DeviceUsage.DumpFile, inPath: true)));
        Assert.Equal(0u, OperationTests.Node(test, device).DisableableDepends);
        Assert.Equal(NtStatus.Success, pnp.Remove(device));
    }

    [Fact]
    public void A_child_that_was_pulled_out_and_is_open_is_type_2()
    {
        using var test = KernelTest.Boot();
        var bus = PnpTestDriver.Load(test, "bus");
        var device = bus.Arrive();
        var child = bus.Report("a");
        bus.Start(device);
        var path = device.Children[0].Identity.InstancePath;
        test.Run(_ =>
        {
            test.Kernel.Io.ChangeIoCount(child, +1, ReferenceCause.FileOpen, VirtualAddress.Null);
            return GuestTask.CompletedTask;
        });
        bus.Retract(child);
        test.CallNow("IoInvalidateDeviceRelations", device.Pdo.Address.Value, 0);
        test.RunUntilIdle();
        Assert.Equal(NtStatus.PlugplayQueryVetoed, bus.Remove(device));
        Assert.Equal((2, path), (Veto(test).Type, Veto(test).Name));
    }

    [Fact]
    [Trait("Spec", "U-5.50a")]
    public void A_sleep_that_a_warm_eject_needs_and_cannot_have_is_type_9_without_a_name()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "dock");
        var warm = test.Run(_ => test.Kernel.Pnp.Arrive(new DeviceIdentity { InstancePath = @"LASTREF\DOCK\0", Service = "dock", IsEjectedAsleep = true }));
        Assert.Equal(NtStatus.Success, pnp.Start(warm));
        var other = pnp.PlugIn(1);
        var refuses = true;
        var asked = new List<(byte Minor, uint Action)>();
        pnp.OnOther = (irp, location) =>
        {
            if (location.MajorFunction != IrpMajor.Power)
                return pnp.Driver.Complete(irp, NtStatus.Success);
            asked.Add((location.MinorFunction, location.PowerShutdownType));
            var isQuery = location.MinorFunction == (byte)PowerMinor.QueryPower;
            return pnp.Driver.Complete(irp, refuses && isQuery ? NtStatus.InsufficientPower : NtStatus.Success);
        };
        Assert.Equal(NtStatus.PlugplayQueryVetoed, OperationTests.Act(test, p => p.Eject(warm)));
        var veto = Veto(test);
        Assert.Equal((9, ""), (veto.Type, veto.Name));
        Assert.Contains(veto.Owner, new[] { warm.Identity.InstancePath, other.Identity.InstancePath });
        Assert.Contains("CancelRemoveDevice", pnp.Log);
        Assert.True(warm.IsStarted);
        Assert.All(asked, a => Assert.Equal(7u, a.Action));

        refuses = false;
        asked.Clear();
        Assert.Equal(NtStatus.Success, OperationTests.Act(test, p => p.Eject(warm)));
        Assert.Equal(DeviceProblem.HeldForEject, test.Kernel.Pnp.ShownProblem(warm.Identity.InstancePath));

        // The device that stays sleeps while the other is ejected, and wakes.
        Assert.Equal(2, asked.Count(a => a.Minor == (byte)PowerMinor.SetPower));
    }

    [Fact]
    [Trait("Spec", "U-5.50a")]
    public void A_device_with_a_legacy_driver_that_would_go_along_is_type_11_and_names_the_service()
    {
        using var test = KernelTest.Boot();
        var legacy = TestDriver.Load(test, "finder");
        var pdo = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("IoReportDetectedDevice", legacy.Object.Address.Value, 0, 0, 0, 0, 0, 1, pdo.Value));
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        pnp.Named[3] = [new DeviceObject(test.Memory, test.Memory.ReadPointer(pdo))];
        pnp.Log.Clear();
        Assert.Equal(NtStatus.PlugplayQueryVetoed, pnp.Remove(device));
        Assert.Equal((11, "finder", "finder"), Veto(test));
        Assert.DoesNotContain("QueryRemoveDevice", pnp.Log);
        Assert.True(device.IsStarted);
    }

    [Fact]
    [Trait("Spec", "U-5.50a")]
    public void A_process_without_the_right_is_type_12_without_a_name()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        var application = new TestApplication(test);
        test.Kernel.Se.RemovePrivilege(application.Process, SecurityMonitor.LoadDriverPrivilege);
        Assert.Equal(NtStatus.PlugplayQueryVetoed, OperationTests.Act(test, p => p.QueryAndRemove(device, application.Process)));
        Assert.Equal((12, "", "app.exe"), Veto(test));
        Assert.DoesNotContain("QueryRemoveDevice", pnp.Log);
        Assert.Equal(NtStatus.Success, OperationTests.Act(test, p => p.QueryAndRemove(device)));
    }

    /// <summary>Types 1 and 7 beside the others of this file: every value of PNP_VETO_TYPE but 0, which says that nothing is known.</summary>
    [Fact]
    [Trait("Spec", "U-5.50")]
    [Trait("Spec", "U-5.11")]
    public void A_notification_callback_that_refuses_is_type_7_and_a_detected_device_of_a_legacy_driver_type_1()
    {
        using var test = KernelTest.Boot();
        var legacy = TestDriver.Load(test, "finder");
        var pdo = test.Allocate(8);
        Assert.Equal(NtStatus.Success, test.Status("IoReportDetectedDevice", legacy.Object.Address.Value, 0, 0, 0, 0, 0, 1, pdo.Value));
        var detected = test.Kernel.Pnp.DeviceOfPdo(test.Memory.ReadPointer(pdo))!;
        Assert.Equal(NtStatus.PlugplayQueryVetoed, OperationTests.Act(test, p => p.QueryAndRemove(detected)));
        Assert.Equal((1, detected.Identity.InstancePath, "finder"), Veto(test));

        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        var client = TestDriver.Load(test, "client");
        var (file, top) = (test.Allocate(8), test.Allocate(8));
        Assert.Equal(NtStatus.Success, test.Status("IoGetDeviceObjectPointer", test.Text(test.Kernel.Ob.NameOf(device.Pdo.Address)!), 0x80, file.Value, top.Value));
        var entry = test.Allocate(8);
        var refuse = client.Code(_ => GuestTask.FromResult((ulong)NtStatus.Unsuccessful.Code));
        Assert.Equal(NtStatus.Success, test.Status(
            "IoRegisterPlugPlayNotification", 3, 0, test.Memory.ReadUInt64(file), client.Object.Address.Value, refuse.Value, 0, entry.Value));
        pnp.Log.Clear();
        Assert.Equal(NtStatus.PlugplayQueryVetoed, pnp.Remove(device));
        Assert.Equal((7, @"\Driver\client", @"\Driver\client"), Veto(test));
        Assert.DoesNotContain("QueryRemoveDevice", pnp.Log);
    }

    [Theory]
    [InlineData((int)VetoType.WindowsApp, @"C:\app.exe")]
    [InlineData((int)VetoType.WindowsService, "watcher")]
    [Trait("Spec", "U-5.10")]
    public void A_refusal_from_user_mode_ends_it_before_any_driver_is_asked(int type, string name)
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        var user = new TestUserMode { OnQuery = devices => GuestTask.FromResult<UserVeto?>(new UserVeto(type, devices[0], name)) };
        test.Kernel.Pnp.UserMode = user;
        Assert.Equal(NtStatus.PlugplayQueryVetoed, pnp.Remove(device));
        Assert.Equal((type, name), (Veto(test).Type, Veto(test).Name));
        Assert.DoesNotContain("QueryRemoveDevice", pnp.Log);
        Assert.DoesNotContain("CancelRemoveDevice", pnp.Log);
        Assert.Equal(["query", "failed"], user.Log);
    }

    [Fact]
    [Trait("Spec", "T-79")]
    [Trait("Spec", "U-5.15")]
    public void An_application_that_closes_when_asked_lets_the_device_go()
    {
        using var test = KernelTest.Boot();
        var pnp = PnpTestDriver.Load(test, "function");
        var device = pnp.PlugIn();
        var app = new TestApplication(test);
        var handle = app.Open(test.Kernel.Ob.NameOf(device.Pdo.Address)!).Handle;
        var user = new TestUserMode
        {
            OnQuery = async _ =>
            {
                await test.Kernel.Ob.CloseHandle(app.Process, handle);
                return null;
            },
        };
        test.Kernel.Pnp.UserMode = user;
        pnp.OnDeleted = _ => user.Log.Add("deleted");
        Assert.Equal(NtStatus.Success, pnp.Remove(device));
        Assert.Equal(["query", "removed", "deleted"], user.Log);
        Assert.Empty(test.Kernel.Trace.Of<VetoRecord>());
        Assert.True(pnp.Driver.WasUnloaded);
    }

    [Fact]
    [Trait("Spec", "U-5.12")]
    [Trait("Spec", "U-5.14")]
    public void A_veto_cancels_exactly_those_who_were_asked()
    {
        using var test = KernelTest.Boot();
        var bus = PnpTestDriver.Load(test, "bus");
        var device = bus.Arrive();
        bus.Report("a");
        var refusing = bus.Report("b");
        bus.Report("c");
        bus.Start(device);
        bus.RefusingChild = refusing.Address;
        bus.Log.Clear();
        Assert.Equal(NtStatus.PlugplayQueryVetoed, bus.Remove(device));
        var children = device.Children.Select(c => OperationTests.SentTo(test, c.Pdo).Where(IsRemoval).ToArray()).ToArray();
        Assert.Equal([PnpMinor.QueryRemoveDevice, PnpMinor.CancelRemoveDevice], children[0]);
        Assert.Equal([PnpMinor.QueryRemoveDevice, PnpMinor.CancelRemoveDevice], children[1]);
        Assert.Empty(children[2]);
        Assert.DoesNotContain("QueryRemoveDevice", bus.Log);
        Assert.DoesNotContain("CancelRemoveDevice", bus.Log);
        Assert.All(device.Children, c => Assert.Equal((int)NodeState.Started, OperationTests.Node(test, c).State));
        Assert.Equal((6, @"\Driver\bus"), (Veto(test).Type, Veto(test).Owner));
    }

    private static bool IsRemoval(PnpMinor minor) =>
        minor is PnpMinor.QueryRemoveDevice or PnpMinor.CancelRemoveDevice or PnpMinor.RemoveDevice or PnpMinor.SurpriseRemoval;

    private static (uint, uint, uint) Depends(KernelTest test, PnpDevice a, PnpDevice b, PnpDevice c) =>
        (OperationTests.Node(test, a).DisableableDepends, OperationTests.Node(test, b).DisableableDepends, OperationTests.Node(test, c).DisableableDepends);

    private static (int Type, string Name, string? Owner) Veto(KernelTest test)
    {
        var veto = test.Kernel.Trace.Of<VetoRecord>().Last();
        return (veto.VetoType, veto.Name, veto.Owner);
    }
}

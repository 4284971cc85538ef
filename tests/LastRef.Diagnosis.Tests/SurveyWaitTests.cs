using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Registrations, queues, waits and stacks that a survey finds, in the structures of every build.</summary>
public sealed class SurveyWaitTests
{
    private static readonly VirtualAddress _gone = new(0xFFFF_F800_9000_0000);

    public static TheoryData<NtBuild> Builds() => [.. TypeLayout.Builds];

    /// <summary>Power settings with a value and without one, U-6.35a.</summary>
    [Theory]
    [MemberData(nameof(Builds))]
    public void Each_kind_of_callback_into_an_image_that_left_is_found(NtBuild build)
    {
        var machine = new StoppedMachine(build);
        machine.UnloadedImage(0, "early.sys", _gone, 0x6000, 100);
        machine.NmiCallback(_gone + 0x100);
        machine.PowerSetting(_gone + 0x200);
        machine.PowerSettingWithValue(_gone + 0x280);
        machine.EventProvider(_gone + 0x300);
        machine.EventProvider(_gone + 0x400, isKernel: false);
        machine.EventProvider(default);

        var result = Judge(machine, "early.sys");

        Assert.Equal(Verdict.LeftTooEarly, result.Verdict);
        Assert.Equal(
            [RegistrationKind.Etw, RegistrationKind.PowerSetting, RegistrationKind.PowerSetting, RegistrationKind.NmiCallback],
            result.Scenarios[0].Capture.Registrations.Select(r => r.Kind).Order());
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public void Work_items_that_are_queued_are_found_in_the_queues_of_every_build(NtBuild build)
    {
        var machine = new StoppedMachine(build);
        var driver = machine.Driver("busy", DriverObjectFlags.Initialized | DriverObjectFlags.UnloadInvoked, isNamed: false);
        var device = machine.Device(driver, "Busy");
        var held = machine.QueuedItem(driver.DriverStart + 0x2000, device.Address);
        machine.AddReferences(device.Address, 1);
        var survey = new MachineSurvey(machine);

        var capture = survey.CaptureOf(survey.Find("busy")!);

        Assert.Equal(held, Assert.Single(capture.IoWorkItems).Address);
        Assert.Equal(0, capture.BalanceOf(device.Address, ReferenceCounter.PointerCount)!.Unexplained);

        machine = new StoppedMachine(build);
        machine.UnloadedImage(0, "early.sys", _gone, 0x6000, 100);
        var item = machine.QueuedItem(_gone + 0x500, default);
        var result = Judge(machine, "early.sys");
        Assert.Equal(Reason.ThreadOrWorkItemLeftBehind, Assert.Single(result.Scenarios[0].Verdict.Findings).Reason);
        Assert.Equal(item, Assert.Single(result.Scenarios[0].Capture.ExWorkItems).Address);
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public void A_WMI_registration_is_known_by_its_device(NtBuild build)
    {
        var machine = new StoppedMachine(build);
        var device = machine.Device(machine.Driver("told"), "Told");
        machine.WmiProvider(device);
        var survey = new MachineSurvey(machine);
        var root = Assert.Single(survey.CaptureOf(survey.Find("told")!).Registrations);
        Assert.Equal((RegistrationKind.Wmi, device.Address), (root.Kind, root.Subject));
    }

    [Fact]
    public void A_removal_that_waits_for_closes_is_told_with_its_device()
    {
        var machine = new StoppedMachine();
        var pdo = machine.Device(machine.Driver("bus"), "Pdo");
        machine.Node(@"USB\X\1", "function", "DeviceNodeStarted", pdo);
        machine.PendingRemoval(pdo);
        var survey = new MachineSurvey(machine);
        var stuck = Assert.Single(survey.StuckDrivers());
        Assert.Equal("function", stuck.Name);
        Assert.Contains("its surprise removal waits for the last close", Assert.Single(stuck.Why), StringComparison.Ordinal);
        Assert.Equal("surprise removal", survey.PendingRemovals[pdo.Address]);
    }

    [Fact]
    public void Symbolic_links_are_shown_with_their_device_and_those_to_nothing_apart()
    {
        var machine = new StoppedMachine();
        machine.Device(machine.Driver("named"), "Named");
        machine.Link("LinkA", @"\Device\Named");
        machine.Link("LinkB", @"\Device\Gone");
        var survey = new MachineSurvey(machine);
        Assert.Equal(@"\GLOBAL??\LinkA", Assert.Single(survey.LinksTo(@"\Device\Named")).Name);
        Assert.Equal(@"\GLOBAL??\LinkB", Assert.Single(survey.LinksToNothing()).Name);
    }

    [Fact]
    public void What_is_mounted_on_a_device_is_told()
    {
        var machine = new StoppedMachine();
        var disk = machine.Device(machine.Driver("disk"), "Disk");
        var volume = machine.Device(machine.Driver("fs"), null);
        var vpb = new Vpb(machine.Memory, machine.Allocate(Vpb.SizeOf(machine.Layout)));
        vpb.SetDeviceObject(machine.Memory, volume);
        vpb.SetReferenceCount(machine.Memory, 3);
        disk.SetVpb(machine.Memory, vpb);
        machine.SetExtensionFlags(disk, DeviceObjectExtensionFlags.UnloadPending);
        var stuck = Assert.Single(new MachineSurvey(machine).StuckDrivers());
        Assert.Contains(@"mounted by \Driver\fs (3)", Assert.Single(stuck.Why), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public void A_thread_is_unwound_to_the_function_that_it_waits_in(NtBuild build)
    {
        var machine = new StoppedMachine(build);
        var driver = machine.Driver("stuck", DriverObjectFlags.Initialized | DriverObjectFlags.UnloadInvoked);
        var kernel = machine.Module("ntoskrnl.exe", 0x10000, 1);
        // DriverUnload takes 20h bytes of stack and pushes rbx: below the return address lie 28h bytes.
        machine.UnwindData(driver, 0x1100, 0, [1, 5, 2, 0, 5, 0x32, 1, 0x30]);
        var @event = new KEvent(machine.Memory, machine.Allocate(KEvent.SizeOf(machine.Layout)));
        @event.Header.SetType(machine.Memory, DispatcherType.EventNotification);
        var thread = machine.Thread(machine.System, default);
        var leftover = driver.DriverStart.Value + 0x1F00;
        machine.Waiting(thread, kernel.DllBase.Value + 0x500, @event.Address, driver.DriverStart.Value + 0x1040, leftover, 0, 0, 0, 0, kernel.DllBase.Value + 0x600);

        var result = Judge(machine, "stuck");

        var stack = Assert.Single(result.Scenarios[0].Capture.Stacks);
        Assert.True(stack.IsUnwound);
        Assert.Equal([driver.DriverStart + 0x1040], stack.Frames);
        Assert.Equal([driver.DriverUnload], stack.Functions);
        var finding = Assert.Single(result.Scenarios[0].Verdict.Findings);
        Assert.Equal(Reason.RoutineNeverReturns, finding.Reason);
        Assert.Equal(Certainty.Likely, finding.Certainty);
        Assert.Equal("stuck.sys+0x1040", finding.Site?.ToString());
        Assert.Contains("DriverUnload of stuck.sys never returns", finding.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wait_for_a_remove_lock_is_known_by_what_stands_around_the_event()
    {
        var machine = new StoppedMachine();
        var kernel = machine.Module("ntoskrnl.exe", 0x10000, 1);
        var driver = machine.Driver("locked", isPnp: true);
        machine.UnwindData(driver, 0x1100, 0, [1, 0, 0, 0]);
        machine.Device(driver, "Locked");
        var @lock = machine.RemoveLock(2);
        machine.Waiting(machine.Thread(machine.System, default), kernel.DllBase.Value + 0x500, @lock + 8, driver.DriverStart.Value + 0x1040);

        var result = Judge(machine, "locked");

        Assert.Equal(Verdict.Hung, result.Verdict);
        var finding = Assert.Single(result.Scenarios[0].Verdict.Findings);
        Assert.Equal(Reason.RemoveLockLeaked, finding.Reason);
        Assert.Equal(@lock, finding.Holders[0].Address);
        Assert.Contains("2 acquisition(s)", finding.Summary, StringComparison.Ordinal);
        Assert.Contains(Assert.Single(new MachineSurvey(machine).StuckDrivers()).Why, why => why.Contains("for the remove lock at", StringComparison.Ordinal));
    }

    [Fact]
    public void A_PnP_driver_of_which_only_a_control_device_is_left_looks_stuck()
    {
        var machine = new StoppedMachine();
        machine.Device(machine.Driver("hybrid", isPnp: true), "HybridControl");
        machine.Node(@"ROOT\HYBRID\0", "hybrid", "DeviceNodeRemoved", null);
        var bound = machine.Driver("bound", isPnp: true);
        machine.Device(bound, "BoundControl");
        machine.Attach(machine.Device(bound, null), machine.Device(machine.Driver("bus"), null));
        var stuck = Assert.Single(new MachineSurvey(machine).StuckDrivers());
        Assert.Equal(@"\Driver\hybrid", stuck.Name);
        Assert.Contains("HybridControl", Assert.Single(stuck.Why), StringComparison.Ordinal);
    }

    [Fact]
    public void A_PnP_driver_that_has_had_no_device_yet_does_not_look_stuck_and_is_no_finding()
    {
        var machine = new StoppedMachine();
        machine.Device(machine.Driver("early", isPnp: true), "EarlyControl");
        machine.Driver("idle", isPnp: true);
        var survey = new MachineSurvey(machine);
        Assert.Empty(survey.StuckDrivers());
        foreach (var name in new[] { "early", "idle" })
        {
            var verdict = PostMortem.Judge(survey, survey.Find(name)!).Scenarios[0].Verdict;
            Assert.Equal(Verdict.NotAttempted, verdict.Verdict);
            Assert.Empty(verdict.Findings);
        }
    }

    [Fact]
    public void A_pointer_to_a_device_that_was_deleted_without_being_detached_is_found()
    {
        var machine = new StoppedMachine();
        var pdo = machine.Device(machine.Driver("bus"), "Pdo");
        machine.Node(@"ROOT\X\0", "careless", "DeviceNodeStarted", pdo);
        machine.UnloadedImage(0, "careless.sys", _gone, 0x6000, 100);
        var freed = new DeviceObject(machine.Memory, machine.Page());
        pdo.SetAttachedDevice(machine.Memory, freed);
        var survey = new MachineSurvey(machine);

        var finding = Assert.Single(PostMortem.Judge(survey, survey.Find("careless")!, new MachineCrash(0x50, [1, 0, 0, 0])).Scenarios[0].Verdict.Findings);

        Assert.Equal(Reason.NotDetachedInRemove, finding.Reason);
        Assert.Equal(freed.Address, finding.Holders[0].Address);
        Assert.Contains("is gone", Assert.Single(survey.StuckDrivers()).Why[0], StringComparison.Ordinal);
    }

    private static CheckResult Judge(StoppedMachine machine, string name)
    {
        var survey = new MachineSurvey(machine);
        var subject = survey.Find(name);
        Assert.NotNull(subject);
        return PostMortem.Judge(survey, subject);
    }
}

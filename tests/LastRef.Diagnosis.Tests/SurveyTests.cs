using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>What a survey finds in the memory of a stopped machine, from kernel variables alone.</summary>
public sealed class SurveyTests
{
    public static TheoryData<NtBuild> Builds() => [.. TypeLayout.Builds];

    [Theory]
    [MemberData(nameof(Builds))]
    public void A_handle_is_found_in_every_build_and_named_as_the_holder(NtBuild build)
    {
        var machine = new StoppedMachine(build);
        var driver = machine.Driver("held");
        var device = machine.Device(driver, "Held");
        machine.SetExtensionFlags(device, DeviceObjectExtensionFlags.UnloadPending);
        var file = machine.Open(device);
        var app = machine.Process("app.exe", 2380);
        var value = machine.Handle(app, file.Address);

        var result = Judge(machine, "held.sys");

        Assert.Equal(Verdict.Deferred, result.Verdict);
        var finding = Assert.Single(result.Scenarios[0].Verdict.Findings);
        Assert.Equal(Reason.OpenHandle, finding.Reason);
        Assert.Equal(Certainty.Likely, finding.Certainty);
        Assert.Equal("app.exe", finding.Blame.Image);
        Assert.Contains($"handle 0x{value:x}", finding.Holders[0].HeldBy[0].Name, StringComparison.OrdinalIgnoreCase);
        // U-1.27: the batch of references that the handle took in advance is no reference of somebody else.
        Assert.All(result.Scenarios[0].Capture.Balances, balance => Assert.Equal(0, balance.Unexplained));
    }

    [Fact]
    public void A_healthy_driver_is_loaded_and_nothing_is_said_against_it()
    {
        var machine = new StoppedMachine();
        var driver = machine.Driver("idle");
        machine.Device(driver, "Idle");

        var result = Judge(machine, "idle");

        Assert.Equal(Verdict.NotAttempted, result.Verdict);
        Assert.Empty(result.Scenarios[0].Verdict.Findings);
        Assert.Empty(result.Scenarios[0].Verdict.Inconclusive);
        Assert.Equal(0, machine.RangesGiven);
    }

    [Fact]
    public void An_image_that_only_the_history_has_is_unloaded_and_an_unknown_name_is_none()
    {
        var machine = new StoppedMachine();
        machine.Module("ntoskrnl.exe", 0x100000, 1);
        machine.UnloadedImage(3, "gone.sys", new VirtualAddress(0xFFFF_F800_9000_0000), 0x6000, 100);
        var survey = new MachineSurvey(machine);

        Assert.Equal(Verdict.Unloaded, PostMortem.Judge(survey, survey.Find("gone")!).Verdict);
        Assert.Null(survey.Find("never-heard-of"));
        Assert.Null(survey.Find("gone.sys.bak"));
    }

    [Theory]
    [InlineData("busy")]
    [InlineData("BUSY.SYS")]
    [InlineData(@"\Driver\busy")]
    public void A_driver_is_found_by_each_of_its_names(string name)
    {
        var machine = new StoppedMachine();
        var driver = machine.Driver("busy");
        var survey = new MachineSurvey(machine);
        Assert.Equal(driver.Address, survey.Find(name)?.Driver?.Address);
        Assert.Equal(driver.Address, survey.Find($"0x{driver.Address.Value:x16}")?.Driver?.Address);
    }

    [Fact]
    public void A_driver_object_that_lost_its_name_is_found_by_pool_scan()
    {
        var machine = new StoppedMachine();
        var driver = machine.Driver("torn", DriverObjectFlags.Initialized | DriverObjectFlags.UnloadInvoked, isNamed: false);
        machine.PnpNotification(driver, driver.DriverStart + 0x1234);

        var result = Judge(machine, "torn");

        Assert.Equal(Verdict.Resident, result.Verdict);
        Assert.Equal(Reason.PnpNotificationNotUnregistered, result.Scenarios[0].Verdict.Findings[0].Reason);
        Assert.Equal(driver.Address, result.Scenarios[0].Capture.DriverAddress);
        Assert.NotEqual(0, machine.RangesGiven);
    }

    [Fact]
    public void References_that_nothing_explains_are_counted_and_given_to_nobody()
    {
        var machine = new StoppedMachine();
        var driver = machine.Driver("leaky", DriverObjectFlags.Initialized | DriverObjectFlags.UnloadInvoked, isNamed: false);
        machine.AddReferences(driver.Address, 6);

        var finding = Assert.Single(Judge(machine, "leaky").Scenarios[0].Verdict.Findings);

        Assert.Equal(Reason.Unlisted, finding.Reason);
        Assert.Equal(Certainty.Unknown, finding.Certainty);
        Assert.Equal(Party.System, finding.Blame.Party);
        Assert.Contains("7 unexplained", finding.Holders[0].Name, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_object_without_a_handle_is_found_by_pool_scan()
    {
        var machine = new StoppedMachine();
        var device = machine.Device(machine.Driver("target"), "Target");
        machine.SetExtensionFlags(device, DeviceObjectExtensionFlags.UnloadPending);
        var file = machine.Open(device);

        var result = Judge(machine, "target");

        var finding = Assert.Single(result.Scenarios[0].Verdict.Findings);
        Assert.Equal(Reason.FileObjectKeptByDriver, finding.Reason);
        Assert.Equal(file.Address, finding.Holders[0].Address);
    }

    [Fact]
    public void A_request_in_a_threads_list_is_found_and_the_device_that_has_it()
    {
        var machine = new StoppedMachine();
        var device = machine.Device(machine.Driver("keeper"), "Keeper");
        machine.SetExtensionFlags(device, DeviceObjectExtensionFlags.UnloadPending);
        var file = machine.Open(device);
        var app = machine.Process("app.exe", 8);
        var irp = machine.Irp(device, file, IrpMajor.Read, machine.Thread(app, default));

        var result = Judge(machine, "keeper");

        Assert.Equal(irp.Address, Assert.Single(result.Scenarios[0].Capture.Irps).Address);
        Assert.Equal(Reason.RequestsQueuedForEver, result.Scenarios[0].Verdict.Findings[0].Reason);
    }

    [Fact]
    public void Timers_threads_and_callbacks_into_an_image_that_left_are_found()
    {
        var machine = new StoppedMachine();
        var start = new VirtualAddress(0xFFFF_F800_9000_0000);
        machine.UnloadedImage(0, "early.sys", start, 0x6000, 100);
        machine.Timer(start + 0x100);
        machine.Thread(machine.System, start + 0x200);
        machine.ProcessCallback(7, start + 0x300);

        var result = Judge(machine, "early.sys");

        Assert.Equal(Verdict.LeftTooEarly, result.Verdict);
        Assert.Equal(
            [Reason.TimerOrDpcActive, Reason.ThreadOrWorkItemLeftBehind, Reason.CallbackNotRemoved],
            result.Scenarios[0].Verdict.Findings.Select(f => f.Reason).Order());
    }

    [Fact]
    public void A_stack_of_devices_is_walked_both_ways()
    {
        var machine = new StoppedMachine();
        var (bus, filter) = (machine.Driver("bus"), machine.Driver("upper"));
        var pdo = machine.Device(bus, null);
        var middle = machine.Device(machine.Driver("function", isPnp: true), null);
        var top = machine.Device(filter, null);
        machine.Attach(middle, pdo);
        machine.Attach(top, middle);
        machine.Node(@"ROOT\X\0", "function", "DeviceNodeStarted", pdo);
        var survey = new MachineSurvey(machine);

        var capture = survey.CaptureOf(survey.Find("function")!);

        var device = capture.DeviceAt(middle.Address)!;
        Assert.Equal([top.Address], device.Above);
        Assert.Equal([pdo.Address], device.Below);
        Assert.Equal("DeviceNodeStarted", Assert.Single(capture.DeviceNodes).State);
    }

    [Fact]
    public void DriverUnload_that_has_not_returned_is_a_hang_with_the_thread_that_is_in_it()
    {
        var machine = new StoppedMachine();
        var driver = machine.Driver("stuck", DriverObjectFlags.Initialized | DriverObjectFlags.UnloadInvoked);
        var thread = machine.Thread(machine.System, default, 0xFFFF_F800_1000_0001, driver.DriverStart.Value + 0x1040);

        var result = Judge(machine, "stuck");

        Assert.Equal(Verdict.Hung, result.Verdict);
        var finding = Assert.Single(result.Scenarios[0].Verdict.Findings);
        Assert.Equal(thread.Address, finding.Holders[0].Address);
        Assert.Equal("stuck.sys+0x1040", finding.Holders[0].Site?.ToString());
    }

    [Fact]
    public void Stuck_drivers_are_listed_with_the_reason()
    {
        var machine = new StoppedMachine();
        machine.Device(machine.Driver("fine"), "Fine");
        var device = machine.Device(machine.Driver("waits"), "Waits");
        machine.SetExtensionFlags(device, DeviceObjectExtensionFlags.UnloadPending);
        machine.Open(device);
        machine.Driver("invoked", DriverObjectFlags.Initialized | DriverObjectFlags.UnloadInvoked);
        machine.Node(@"USB\X\1", "fine", "DeviceNodeRemovePendingCloses", null);

        var stuck = new MachineSurvey(machine).StuckDrivers();

        Assert.Equal([@"\Driver\fine", @"\Driver\invoked", @"\Driver\waits"], stuck.Select(s => s.Name));
        Assert.Contains("RemovePendingCloses", stuck[0].Why[0], StringComparison.Ordinal);
        Assert.Contains("has not returned", stuck[1].Why[0], StringComparison.Ordinal);
        Assert.Contains("1 open(s)", stuck[2].Why[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(3000)]
    [InlineData(131_200)]
    public void Handle_tables_of_one_to_three_levels_are_read_whole(int count)
    {
        var machine = new StoppedMachine();
        var device = machine.Device(machine.Driver("many"), "Many");
        var file = machine.Open(device);
        var app = machine.Process("app.exe", 8);
        var last = 0u;
        for (var i = 0; i < count; i++)
            last = machine.Handle(app, file.Address, batch: 1);
        var survey = new MachineSurvey(machine);

        Assert.Equal(count, survey.Handles.Count);
        Assert.Equal(last, survey.Handles[^1].Value);
        Assert.Empty(survey.Gaps);
    }

    [Fact]
    public void What_no_symbols_tell_is_said()
    {
        var machine = new StoppedMachine();
        machine.Driver("lonely");
        foreach (var variable in new[] { "PsActiveProcessHead", "PspCreateProcessNotifyRoutine", "KiProcessorBlock" })
            machine.Forget(variable);

        var gaps = Judge(machine, "lonely").Scenarios[0].Capture.Gaps;

        Assert.Contains(gaps, gap => gap.Contains("PsActiveProcessHead", StringComparison.Ordinal));
        Assert.Contains(gaps, gap => gap.Contains("PspCreateProcessNotifyRoutine", StringComparison.Ordinal));
        Assert.Contains(gaps, gap => gap.Contains("KiProcessorBlock", StringComparison.Ordinal));
    }

    [Fact]
    public void A_loaded_image_without_a_driver_object_is_inconclusive()
    {
        var machine = new StoppedMachine();
        machine.Module("library.sys", 0x4000, 1);
        var result = Judge(machine, "library");
        Assert.Equal(Verdict.Inconclusive, result.Verdict);
        Assert.Contains("no driver object", Assert.Single(result.Scenarios[0].Verdict.Inconclusive), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bug_check_counts_only_for_the_driver_that_it_names()
    {
        var machine = new StoppedMachine();
        var driver = machine.Driver("guilty");
        machine.Device(machine.Driver("innocent"), "Innocent");
        var crash = new MachineCrash(0xD1, [0x10, 2, 0, driver.DriverStart.Value + 0x1500]);
        var survey = new MachineSurvey(machine);

        Assert.Equal(Verdict.Crashed, PostMortem.Judge(survey, survey.Find("guilty")!, crash).Verdict);
        Assert.Equal(Verdict.NotAttempted, PostMortem.Judge(survey, survey.Find("innocent")!, crash).Verdict);
    }

    private static CheckResult Judge(StoppedMachine machine, string name)
    {
        var survey = new MachineSurvey(machine);
        var subject = survey.Find(name);
        Assert.NotNull(subject);
        return PostMortem.Judge(survey, subject);
    }
}

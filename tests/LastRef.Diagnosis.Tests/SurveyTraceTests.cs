using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Who holds references that no structure accounts for: by the kernel's own traces, and by where the address is kept.</summary>
public sealed class SurveyTraceTests
{
    private const DriverObjectFlags Returned = DriverObjectFlags.Initialized | DriverObjectFlags.UnloadInvoked;

    public static TheoryData<NtBuild> Builds() => [.. TypeLayout.Builds];

    [Theory]
    [MemberData(nameof(Builds))]
    public void A_reference_that_the_kernel_recorded_is_named_by_its_caller(NtBuild build)
    {
        var machine = new StoppedMachine(build);
        var kernel = machine.Driver("ntoskrnl");
        var other = machine.Driver("other");
        var driver = machine.Driver("kept", Returned, isNamed: false);
        var call = other.DriverStart + 0x1234;
        machine.TraceReferences(
            driver.Address, (+1, [kernel.DriverStart + 0x1000]), (+1, [kernel.DriverStart + 0x1000, call]), (-1, [kernel.DriverStart + 0x1000]),
            (+1, [kernel.DriverStart + 0x1000, driver.DriverStart + 0x1500]), (-1, [kernel.DriverStart + 0x1000, driver.DriverStart + 0x1600]));

        var finding = Assert.Single(Judge(machine, "kept").Findings);

        Assert.Equal(Reason.DriverObjectKept, finding.Reason);
        Assert.Equal(new Blame(Party.Neighbour, "other.sys"), finding.Blame);
        Assert.Equal(call, finding.Site?.Address);
        Assert.Equal(Certainty.Likely, finding.Certainty);
    }

    [Fact]
    public void An_image_that_has_left_is_named_from_the_history()
    {
        var machine = new StoppedMachine();
        machine.Driver("ntoskrnl");
        var driver = machine.Driver("kept", Returned, isNamed: false);
        var gone = new VirtualAddress(0xFFFF_F800_7000_0000);
        machine.UnloadedImage(0, "watcher.sys", gone, 0x4000, 1000);
        machine.TraceReferences(driver.Address, (+1, [gone + 0x1100]));

        Assert.Equal(new Blame(Party.Neighbour, "watcher.sys"), Assert.Single(Judge(machine, "kept").Findings).Blame);
    }

    [Fact]
    public void Records_that_do_not_add_up_to_the_count_convict_nobody()
    {
        var machine = new StoppedMachine();
        machine.Driver("ntoskrnl");
        var other = machine.Driver("other");
        var driver = machine.Driver("kept", Returned, isNamed: false);
        machine.TraceReferences(driver.Address, (+3, [other.DriverStart + 0x1234]));
        var survey = new MachineSurvey(machine);

        var finding = Assert.Single(PostMortem.Judge(survey, survey.Find("kept")!).Scenarios[0].Verdict.Findings);

        Assert.Equal(Reason.Unlisted, finding.Reason);
        Assert.Contains(survey.Gaps, gap => gap.Contains("add up to 3", StringComparison.Ordinal));
    }

    [Fact]
    public void Tables_of_traces_that_run_in_a_circle_are_cut_off()
    {
        var machine = new StoppedMachine();
        var driver = machine.Driver("kept", Returned, isNamed: false);
        var info = machine.TraceReferences(driver.Address, (+1, []));
        info.SetNextRef(machine.Memory, info.Address);
        var survey = new MachineSurvey(machine);
        PostMortem.Judge(survey, survey.Find("kept")!);
        Assert.Contains(survey.Gaps, gap => gap.Contains("runs in a circle", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_object_whose_address_only_the_driver_keeps_is_its_own_open()
    {
        var machine = new StoppedMachine();
        machine.Driver("ntoskrnl");
        var driver = machine.Driver("itself");
        var device = machine.Device(driver, "Itself");
        machine.SetExtensionFlags(device, DeviceObjectExtensionFlags.UnloadPending);
        var file = machine.Open(device);
        var at = machine.Keep(driver, file.Address);

        var finding = Assert.Single(Judge(machine, "itself").Findings);

        Assert.Equal(Reason.OpenedItself, finding.Reason);
        Assert.Contains(finding.Evidence, fact => fact.Address == at);
        Assert.Contains(finding.Unobserved, line => line.Contains("an address proves none", StringComparison.Ordinal));
    }

    [Fact]
    public void A_deleted_device_is_kept_by_the_one_other_driver_that_has_its_address_and_by_nobody_when_two_have_it()
    {
        var machine = new StoppedMachine();
        machine.Driver("ntoskrnl");
        var driver = machine.Driver("kept", Returned, isNamed: false);
        var device = machine.Device(driver, null, isListed: false);
        machine.Keep(driver, device.Address);
        machine.Keep(machine.Driver("other"), device.Address);

        Assert.Equal(new Blame(Party.Neighbour, "other.sys"), Assert.Single(Judge(machine, "kept").Findings).Blame);

        machine.Keep(machine.Driver("third"), device.Address);
        Assert.Equal(Blame.NotKnown, Assert.Single(Judge(machine, "kept").Findings).Blame);
    }

    /// <summary>U-1.23a.</summary>
    [Fact]
    public void A_handle_of_an_application_to_what_kernel_code_opened_is_a_drivers()
    {
        var machine = new StoppedMachine();
        var device = machine.Device(machine.Driver("target"), "Target");
        machine.SetExtensionFlags(device, DeviceObjectExtensionFlags.UnloadPending);
        var file = machine.Open(device, 0);
        machine.Handle(machine.Process("app.exe", 8), file.Address);
        Assert.Equal(Reason.OpenHandle, Assert.Single(Judge(machine, "target").Findings).Reason);

        new ObjectHeader(machine.Memory, file.Address - 0x30).SetFlags(machine.Memory, ObjectHeaderFlags.KernelObject);
        Assert.Equal(Reason.HandleInForeignProcess, Assert.Single(Judge(machine, "target").Findings).Reason);
    }

    [Theory]
    [MemberData(nameof(Builds))]
    public void Interrupts_that_are_connected_to_an_image_that_left_are_found_also_behind_another_on_the_vector(NtBuild build)
    {
        var machine = new StoppedMachine(build);
        machine.Driver("ntoskrnl");
        var gone = new VirtualAddress(0xFFFF_F800_7000_0000);
        machine.UnloadedImage(0, "left.sys", gone, 0x4000, 1000);
        machine.Interrupt(0x51, machine.Driver("other").DriverStart + 0x1000);
        var left = machine.Interrupt(0x51, gone + 0x1000);

        var verdict = Judge(machine, "left");

        Assert.Equal(Verdict.LeftTooEarly, verdict.Verdict);
        Assert.Equal(left.Address, Assert.Single(Assert.Single(verdict.Findings).Holders).Address);
    }

    [Fact]
    public void A_device_node_with_code_38_of_an_image_that_has_left_is_a_race()
    {
        var machine = new StoppedMachine();
        machine.Driver("ntoskrnl");
        machine.UnloadedImage(0, "late.sys", new VirtualAddress(0xFFFF_F800_7000_0000), 0x4000, 1000);
        machine.Node(@"PCI\VEN\0", "late", "DeviceNodeInitialized", null).SetProblem(machine.Memory, 38);

        Assert.Equal(Reason.UnloadRace, Assert.Single(Judge(machine, "late").Findings).Reason);
    }

    [Fact]
    public void A_listed_device_that_is_no_device_any_more_was_given_back_too_early()
    {
        var machine = new StoppedMachine();
        machine.Driver("ntoskrnl");
        var driver = machine.Driver("broken");
        var device = machine.Device(driver, "Broken");
        machine.Memory.Write(device.Address, [0x6B, 0x6B, 0x6B, 0x6B]);

        Assert.Equal(Reason.OverDereference, Assert.Single(Judge(machine, "broken").Findings).Reason);
    }

    [Fact]
    public void What_device_nodes_are_marked_with_is_told()
    {
        var machine = new StoppedMachine();
        machine.Driver("ntoskrnl");
        var driver = machine.Driver("held", isPnp: true);
        var pdo = machine.Device(machine.Driver("bus"), null);
        var node = machine.Node(@"PCI\VEN\0", "held", "DeviceNodeStarted", pdo);
        node.SetUserFlags(machine.Memory, DeviceNodeUserFlags.NotDisableable | DeviceNodeUserFlags.NeedRestart);
        machine.Attach(machine.Device(driver, null), pdo);

        var note = Assert.Single(Judge(machine, "held").Findings);

        Assert.Equal((Reason.NotDisableable, false), (note.Reason, note.Counts));
        Assert.Contains("needs a restart", Assert.Single(Assert.Single(new MachineSurvey(machine).StuckDrivers()).Why), StringComparison.Ordinal);
    }

    [Fact]
    public void A_removal_that_stands_still_in_anothers_callback_is_that_drivers_fault()
    {
        var machine = new StoppedMachine();
        var kernel = machine.Module("ntoskrnl.exe", 0x10000, 1);
        var watcher = machine.Driver("watcher");
        var callback = watcher.DriverStart + 0x1000;
        machine.UnwindData(watcher, 0x1100, 0, [1, 0, 0, 0]);
        var pdo = machine.Device(machine.Driver("bus"), null);
        var node = machine.Node(@"PCI\VEN\0", "removed", "DeviceNodeStarted", pdo);
        machine.Attach(machine.Device(machine.Driver("removed", isPnp: true), null), pdo);
        machine.TargetNotification(watcher, callback, node);
        Assert.Empty(Judge(machine, "removed").Findings);

        var @event = new KEvent(machine.Memory, machine.Allocate(KEvent.SizeOf(machine.Layout)));
        machine.Waiting(machine.Thread(machine.System, default), kernel.DllBase.Value + 0x500, @event.Address, callback.Value + 0x40);
        var verdict = Judge(machine, "removed");

        Assert.Equal(Verdict.Hung, verdict.Verdict);
        var finding = Assert.Single(verdict.Findings);
        Assert.Equal((Reason.RemovalCallbackDeadlock, new Blame(Party.Neighbour, "watcher.sys")), (finding.Reason, finding.Blame));
        Assert.Equal("watcher.sys+0x1040", finding.Site?.ToString());
    }

    /// <summary>U-1.45: the lock of a free build, in a type of exactly the extension's size; where two types fit, neither is taken.</summary>
    [Fact]
    public void A_remove_lock_is_read_where_the_drivers_symbols_have_it()
    {
        const int extensionBytes = 0x48, lockOffset = 0x10;
        var machine = new StoppedMachine();
        machine.Driver("ntoskrnl");
        var driver = machine.Driver("typed");
        var device = machine.Device(driver, "Typed");
        var extension = device.Address + DeviceObject.SizeOf(machine.Layout);
        device.SetDeviceExtension(machine.Memory, extension);
        device.SetSize(machine.Memory, (ushort)(DeviceObject.SizeOf(machine.Layout) + extensionBytes));
        machine.Memory.WriteUInt32(extension + lockOffset, 0);
        machine.Memory.WriteUInt32(extension + (lockOffset + 4), 3);
        StructureLayout With(string name, string type) => new(name, extensionBytes, "test", [new FieldLayout("Gate", lockOffset, FieldKind.Structure, 0x20, TypeName: type)]);
        IReadOnlyList<CapturedRemoveLock> Locks(params StructureLayout[] types)
        {
            var survey = new MachineSurvey(machine, new SurveyOptions { TypesOf = _ => types });
            return survey.CaptureOf(survey.Find("typed")!).RemoveLocks;
        }

        var found = Assert.Single(Locks(With("EXTENSION", "_IO_REMOVE_LOCK"), With("OTHER", "_KEVENT")));

        Assert.Equal(("EXTENSION.Gate", false, 2, extension + lockOffset), (found.Field, found.IsRemoved, found.Acquisitions, found.Address));
        Assert.Empty(found.Tags);
        Assert.Empty(Locks(With("EXTENSION", "_IO_REMOVE_LOCK"), With("SAME_SIZE", "_IO_REMOVE_LOCK")));
        machine.Memory.WriteUInt32(extension + (lockOffset + 4), 0x7FFF_FFFF);
        Assert.Empty(Locks(With("EXTENSION", "_IO_REMOVE_LOCK")));
    }

    private static ScenarioVerdict Judge(StoppedMachine machine, string name)
    {
        var survey = new MachineSurvey(machine);
        return PostMortem.Judge(survey, survey.Find(name)!).Scenarios[0].Verdict;
    }
}

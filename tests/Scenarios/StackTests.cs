using System.Text;
using LastRef.Lab;

namespace LastRef.Tests;

/// <summary>Several images in one stack: a defect is found in whichever place it stands, and the right image is blamed.</summary>
public sealed class StackTests
{
    private const string ModelChild = """ "hardwareIds": [ "LASTREF\\ModelChild" ], "parent": "model-bus" """;

    [Theory]
    [InlineData("add-start-remove")]
    [InlineData("surprise-removal")]
    [InlineData("open-handle-at-removal")]
    [InlineData("two-devices")]
    [InlineData("replug")]
    public void A_function_driver_between_filters_on_a_real_bus_leaves(string scenario)
    {
        var result = Check(
            "model-pnp.sys", $$"""{ {{ModelChild}}, "filters": { "lower": [ "model-filter" ], "upper": [ "lab-pass-through" ] } }""", scenario,
            "model-bus.sys", "model-filter.sys");
        Assert.Equal(Verdict.Unloaded, result.Verdict);
        Assert.DoesNotContain(Findings(result), f => f.Counts);
        var added = result.Scenarios[0].Trace.Of<DriverCallRecord>().Where(c => c.Kind == DriverCallKind.AddDevice && c.Result is null).Select(c => c.Target.Module);
        Assert.Superset(new HashSet<string?> { "model-bus.sys", "model-filter.sys" }, added.ToHashSet());
        Assert.True(result.Exercised.Start);
    }

    [Fact]
    [Trait("Spec", "U-2.25")]
    public void The_drivers_of_a_stack_are_added_from_the_bottom_up()
    {
        var result = Check(
            "model-pnp.sys", """{ "filters": { "lower": [ "low" ], "classUpper": [ "top" ] }, "services": [ { "name": "low", "image": "model-filter.sys" }, { "name": "top", "image": "r05-repaired.sys" } ] }""",
            "add-start-remove", "model-filter.sys", "r05-repaired.sys");
        var added = result.Scenarios[0].Trace.Of<DriverCallRecord>().Where(c => c.Kind == DriverCallKind.AddDevice && c.Result is null).Select(c => Anonymous.Original(c.Target.Module!));
        Assert.Equal(["model-filter.sys", "model-pnp.sys", "r05-repaired.sys"], added);
        Assert.Equal(Verdict.Unloaded, result.Verdict);
    }

    [Theory]
    [InlineData("lower")]
    [InlineData("classLower")]
    [InlineData("upper")]
    [InlineData("classUpper")]
    public void A_filter_that_deletes_without_detaching_is_blamed_wherever_it_stands(string place)
    {
        var profile = $$"""{ "filters": { "{{place}}": [ "r05-defect" ] } }""";
        var blamed = Findings(Check("model-pnp.sys", profile, "add-start-remove", "r05-defect.sys")).Where(f => f.Counts).ToList();
        Assert.NotEmpty(blamed);
        Assert.All(blamed, f => Assert.Equal(new Blame(Party.Neighbour, "r05-defect.sys"), f.Blame));
        Assert.Contains(blamed, f => f.Reason is Reason.NotDetachedInRemove);
    }

    [Theory]
    [InlineData("lowerFilter")]
    [InlineData("classLowerFilter")]
    [InlineData("upperFilter")]
    [InlineData("classUpperFilter")]
    public void The_same_filter_under_test_is_blamed_as_the_driver(string position)
    {
        var profile = $$"""{ "position": "{{position}}", "function": "model-pnp" }""";
        var blamed = Findings(Check("r05-defect.sys", profile, "add-start-remove", "model-pnp.sys")).Where(f => f.Counts).ToList();
        Assert.Contains(blamed, f => f.Reason is Reason.NotDetachedInRemove);
        Assert.All(blamed, f => Assert.Equal(Party.Driver, f.Blame.Party));
    }

    [Fact]
    public void A_function_driver_with_a_defect_is_blamed_between_sound_neighbours()
    {
        var result = Check(
            "r04-defect.sys", $$"""{ {{ModelChild}}, "filters": { "upper": [ "model-filter" ] } }""", "surprise-removal", "model-bus.sys", "model-filter.sys");

        // One for each of the bus's two children.
        var blamed = Findings(result).Where(f => f.Counts).ToList();
        Assert.Equal(2, blamed.Count);
        Assert.All(blamed, f => Assert.Equal((Reason.StackDeviceNotDeleted, Party.Driver), (f.Reason, f.Blame.Party)));
    }

    [Fact]
    public void A_bus_that_keeps_a_reference_on_its_child_s_stack_is_blamed()
    {
        var result = Check("model-pnp.sys", """{ "hardwareIds": [ "LASTREF\\ModelChild" ], "parent": "t-bus-keeps" }""", "add-start-remove", "t-bus-keeps.sys");
        Assert.Equal(Verdict.Resident, result.Verdict);
        var blamed = Findings(result).Where(f => f.Counts).ToList();
        Assert.Equal(2, blamed.Count);
        Assert.All(blamed, f =>
        {
            Assert.Equal((Reason.DeviceReferenceKept, new Blame(Party.Neighbour, "t-bus-keeps.sys")), (f.Reason, f.Blame));
            var place = Checks.Locate(f.Site!.Value);
            Assert.True(place?.Line == Repository.LineOf("model-bus.c", "DEFECT R-12"), $"found at {place}");
        });
    }

    [Fact]
    public void A_child_s_driver_with_a_defect_does_not_keep_the_bus()
    {
        var result = Check(
            "model-bus.sys", """{ "children": [ { "hardwareId": "LASTREF\\ModelChild", "service": "r04-defect", "upperFilters": [ "lab-pass-through" ] } ] }""",
            "surprise-removal", "r04-defect.sys");
        Assert.Equal(Verdict.Unloaded, result.Verdict);
        Assert.DoesNotContain(Findings(result), f => f.Counts && f.Blame.Party == Party.Driver);
    }

    [Fact]
    public void A_neighbour_that_opens_the_driver_by_name_is_blamed_under_any_service_name()
    {
        var result = Check("model-legacy.sys", """{ "services": [ { "name": "opener", "image": "r11-defect.sys" } ] }""", "start-stop", "r11-defect.sys");
        Assert.Contains(Findings(result), f => f is { Counts: true, Reason: Reason.FileObjectKeptByDriver } && f.Blame == new Blame(Party.Neighbour, "r11-defect.sys"));
    }

    [Theory]
    [InlineData("closesOnQueryRemove", "application", false)]
    [InlineData("refuses", "service", true)]
    [InlineData("ignores", "application", true)]
    [InlineData("closesLate", "application", true)]
    [InlineData("closesThenReopens", "application", true)]
    [InlineData("interfaceOnly", "application", true)]
    public void A_client_of_the_profile_behaves_as_it_says(string behaviour, string kind, bool isVetoed)
    {
        var profile = $$"""{ "clients": [ { "name": "editor.exe", "kind": "{{kind}}", "behaviour": "{{behaviour}}" } ], "requests": [ { "kind": "read", "output": 8 } ] }""";
        var result = Check("model-pnp.sys", profile, "profile-clients");
        var trace = result.Scenarios[0].Trace;
        Assert.Contains(trace.Of<StimulusRecord>(), s => s is { Kind: StimulusKind.ReadFile, Status: { } status } && status == NtStatus.Pending);
        Assert.Equal(isVetoed, trace.Of<VetoRecord>().Any());

        // Whatever the client does, the driver is not to blame and leaves when the client is gone.
        Assert.Equal(Verdict.Unloaded, result.Verdict);
        Assert.DoesNotContain(Findings(result), f => f.Counts);
    }

    [Fact]
    public void The_clients_scenarios_run_when_the_profile_has_clients_and_not_otherwise()
    {
        var with = Checks.Run("model-pnp.sys", [], null, new InputFile("p", """{ "clients": [ { "behaviour": "ignores" } ] }"""u8.ToArray()));
        Assert.Equal(["profile-clients", "profile-clients-surprise"], with.Scenarios.Select(s => s.Verdict.Scenario).TakeLast(2));
        Assert.DoesNotContain(Checks.Run("model-pnp.sys").Scenarios, s => s.Verdict.Scenario.StartsWith("profile", StringComparison.Ordinal));
    }

    [Fact]
    public void A_service_that_nobody_brings_is_refused_by_name()
    {
        var refused = Assert.Throws<InputException>(() => Check("model-pnp.sys", """{ "filters": { "upper": [ "absent" ] } }""", "add-start-remove"));
        Assert.Contains("'absent'", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("add-start-remove")]
    [InlineData("surprise-removal")]
    [InlineData("open-handle-at-surprise-removal")]
    [InlineData("two-devices")]
    [InlineData("failed-start")]
    public void A_USB_driver_reads_descriptors_is_configured_and_ends_its_read_with_the_device(string scenario)
    {
        var path = Path.Combine(Repository.Root, "tests", "profiles", "t-usb.json");
        var result = Check("t-usb.sys", File.ReadAllText(path), scenario);
        Assert.Equal(Verdict.Unloaded, result.Verdict);
        Assert.DoesNotContain(Findings(result), f => f.Counts);
        if (scenario == "failed-start")
            return;

        // The read waited and came back when the pipe was aborted or the device went.
        var ended = result.Scenarios[0].Trace.Of<IrpRecord>().Where(i => i is { Major: 0x0F, Step: IrpStep.Completed } && !i.Status.IsSuccess).Select(i => i.Status).ToHashSet();
        Assert.Contains(
            scenario.Contains("surprise", StringComparison.Ordinal) ? NtStatus.DeviceNotConnected : NtStatus.Cancelled, ended);
    }

    [Fact]
    public void Two_USB_devices_of_one_profile_have_instances_of_their_own()
    {
        var path = Path.Combine(Repository.Root, "tests", "profiles", "t-usb.json");
        var arrived = Check("t-usb.sys", File.ReadAllText(path), "two-devices").Scenarios[0].Trace.Of<StimulusRecord>()
            .Where(s => s.Kind == StimulusKind.ArriveDevice).Select(s => s.Subject).ToList();
        Assert.Equal([@"USB\VID_1209&PID_0001\LR0001", @"USB\VID_1209&PID_0001\LR00011"], arrived.Take(2));
    }

    [Fact]
    public void A_USB_driver_whose_device_is_another_never_starts_and_that_is_not_clean()
    {
        var path = Path.Combine(Repository.Root, "tests", "profiles", "t-usb.json");
        var other = File.ReadAllText(path).Replace("\"vendorId\": \"0x1209\"", "\"vendorId\": \"0x1234\"", StringComparison.Ordinal);
        var result = Check("t-usb.sys", other, "add-start-remove");
        Assert.Equal(Verdict.Inconclusive, result.Verdict);
        var reason = Assert.Single(result.Scenarios[0].Verdict.Inconclusive);
        Assert.StartsWith("start never succeeded: it returned STATUS_NO_SUCH_DEVICE", reason, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Spec", "U-6.58")]
    public void A_register_raises_the_line_whose_service_routine_requests_the_DPC_that_completes_the_read()
    {
        var path = Path.Combine(Repository.Root, "tests", "profiles", "t-interrupt.json");
        var result = Check("t-interrupt.sys", File.ReadAllText(path), "open-handle-at-removal");
        Assert.Equal(Verdict.Unloaded, result.Verdict);
        Assert.DoesNotContain(Findings(result), f => f.Counts);
        var trace = result.Scenarios[0].Trace;
        var read = trace.Of<IrpRecord>().First(i => i is { Major: 0x03, Step: IrpStep.Sent });
        var raised = trace.Of<StimulusRecord>().First(s => s is { Kind: StimulusKind.Interrupt, Subject: "line 5", Status.IsSuccess: true } && s.Sequence > read.Sequence);
        var service = trace.Of<DriverCallRecord>().First(c => c is { Kind: DriverCallKind.Interrupt, Result: null } && c.Sequence > raised.Sequence);
        var dpc = trace.Of<DriverCallRecord>().First(c => c is { Kind: DriverCallKind.Dpc, Result: null } && c.Sequence > service.Sequence);
        var completed = trace.Of<IrpRecord>().First(i => i is { Major: 0x03, Step: IrpStep.Completed } && i.Irp == read.Irp && i.Sequence > read.Sequence);
        Assert.Equal(("ServiceRoutine", "DpcForIsr"), (Checks.Locate(service.Target)?.Function, Checks.Locate(dpc.Target)?.Function));
        Assert.True(completed.Sequence > dpc.Sequence);
        Assert.Equal(NtStatus.Success, completed.Status);

        // Once after the start and three times by the clock, beside the two reads; later devices have as many.
        var first = trace.Of<StimulusRecord>().Where(s => s.Kind == StimulusKind.Interrupt && s.Sequence < read.Sequence).ToList();
        Assert.Equal(4, first.Count);
        Assert.Equal([100L, 200, 300], first.Skip(1).Select(s => (s.Time100ns - first[0].Time100ns) / 10_000));
    }

    [Fact]
    [Trait("Spec", "U-6.58")]
    public void A_register_signals_the_message_whose_routine_is_called_with_its_number_in_the_midst_of_the_code_that_wrote()
    {
        var path = Path.Combine(Repository.Root, "tests", "profiles", "t-message.json");
        var result = Check("t-message.sys", File.ReadAllText(path), "open-handle-at-removal");
        Assert.Equal(Verdict.Unloaded, result.Verdict);
        Assert.DoesNotContain(Findings(result), f => f.Counts);
        var trace = result.Scenarios[0].Trace;
        var read = trace.Of<IrpRecord>().First(i => i is { Major: 0x03, Step: IrpStep.Sent });
        var stimuli = trace.Of<StimulusRecord>().Where(s => s.Kind == StimulusKind.Interrupt).ToList();
        Assert.Equal(("line 9", NtStatus.Success), (stimuli[0].Subject, stimuli[0].Status));
        Assert.True(stimuli[0].Sequence < read.Sequence);
        var raised = stimuli.First(s => s.Sequence > read.Sequence);
        Assert.Equal("line 8", raised.Subject);

        // The message comes while StartIo, which wrote to the register, has not returned.
        var calls = trace.Of<DriverCallRecord>().Where(c => c.Sequence > read.Sequence).ToList();
        var service = calls.First(c => c is { Kind: DriverCallKind.Interrupt, Result: null });
        var start = calls.Last(c => c is { Kind: DriverCallKind.StartIo, Result: null } && c.Sequence < service.Sequence);
        Assert.DoesNotContain(calls, c => c.Kind == DriverCallKind.StartIo && c.Result is not null && c.Sequence > start.Sequence && c.Sequence < service.Sequence);
        Assert.Equal("ServiceMessage", Checks.Locate(service.Target)?.Function);
        Assert.Equal(NtStatus.Success, trace.Of<IrpRecord>().First(i => i is { Major: 0x03, Step: IrpStep.Completed } && i.Irp == read.Irp).Status);
    }

    [Theory]
    [InlineData("r44-interrupt-defect.sys", Verdict.LeftTooEarly)]
    [InlineData("r44-interrupt-repaired.sys", Verdict.Unloaded)]
    public void A_line_that_is_raised_after_the_unload_finds_the_service_routine_that_was_left(string driver, Verdict expected)
    {
        var result = Check(driver, """{ "resources": [ { "kind": "interrupt", "start": 0, "fires": [ { "when": "started" }, { "when": "unloaded" } ] } ] }""", "start-stop");
        Assert.Equal(expected, result.Verdict);
        var trace = result.Scenarios[0].Trace;
        var lines = trace.Of<StimulusRecord>().Where(s => s.Kind == StimulusKind.Interrupt).ToList();
        Assert.Equal(2, lines.Count);
        if (expected == Verdict.Unloaded)
        {
            Assert.Equal(NtStatus.NotFound, lines[1].Status);
            return;
        }

        // The machine stopped in the second interrupt, where the image was.
        var finding = Assert.Single(Findings(result), f => f.Counts);
        Assert.Equal((Reason.InterruptOrCompletionOutstanding, Certainty.Proven), (finding.Reason, finding.Certainty));
        Assert.True(Assert.Single(trace.Of<BugCheckRecord>()).Sequence > lines[1].Sequence);
        Assert.Equal("ConnectToLine", Checks.Locate(finding.Site!.Value)?.Function);
    }

    private static CheckResult Check(string driver, string profile, string scenario, params string[] with) =>
        Checks.Run(driver, with, scenario, new InputFile("profile.json", Encoding.UTF8.GetBytes(profile)));

    private static IEnumerable<Finding> Findings(CheckResult result) => result.Scenarios.SelectMany(s => s.Verdict.Findings);
}

using System.Globalization;
using LastRef.Reports;

namespace LastRef.Tests;

/// <summary>Traces as files.</summary>
public class TraceFileTests
{
    [Fact]
    public void What_is_written_is_read_back_record_by_record()
    {
        var trace = Sample();
        var (header, read) = TraceFile.Read(Text(), "x.trace");
        Assert.Equal(new TraceHeader(TraceHeader.SchemaName, "x.sys", "start-stop", "Resident", trace.Records.Count, false), header);
        Assert.Equal(trace.Records.Count, read.Records.Count);
        Assert.Equal(Enumerable.Range(0, read.Records.Count), read.Records.Select(record => record.Sequence));

        // Lists in records compare by reference, so the text of both is compared.
        Assert.Equal(Text(), TraceFile.Write(read, "x.sys", "start-stop", "Resident"));
        Assert.Equal(Site, Assert.IsType<ReferenceRecord>(read.Records[0]).Site);
    }

    [Fact]
    public void Every_kind_of_record_is_in_the_sample() =>
        Assert.Equal(
            typeof(TraceRecord).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(TraceRecord))).Select(type => type.Name).Order(StringComparer.Ordinal),
            Sample().Records.Select(record => record.GetType().Name).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void A_trace_that_is_cut_short_anywhere_is_refused_with_one_line()
    {
        var text = Text();
        for (var length = 0; length < text.Length; length += 7)
        {
            var refused = Assert.Throws<InputException>(() => TraceFile.Read(text[..length], "x.trace"));
            Assert.StartsWith("x.trace: ", refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refused.Message);
        }

        var cut = text[..(text.IndexOf('\n', StringComparison.Ordinal) + 1)];
        Assert.Contains(
            string.Create(CultureInfo.InvariantCulture, $"cut short: it has 0 of {Sample().Records.Count} records"),
            Assert.Throws<InputException>(() => TraceFile.Read(cut, "x.trace")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lastref/trace/1", "lastref/trace/2", "no trace that LastRef reads")]
    [InlineData("\"record\":\"reference\"", "\"record\":\"nonsense\"", "line 2 is damaged")]
    [InlineData("0xffffe00000001000", "ffffe00000001000", "line 2 is damaged")]
    [InlineData("\"end\":", "\"end\":1", "it ends")]
    public void A_damaged_line_is_named(string good, string bad, string problem)
    {
        var text = Text();
        Assert.Contains(good, text, StringComparison.Ordinal);
        var at = text.IndexOf(good, StringComparison.Ordinal);
        Assert.Contains(
            problem, Assert.Throws<InputException>(() => TraceFile.Read(text[..at] + bad + text[(at + good.Length)..], "x.trace")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_trace_that_reached_its_limit_says_so_when_it_is_read_again()
    {
        var small = new Trace(1);
        small.Add(new DebugPrintRecord("one"));
        small.Add(new DebugPrintRecord("two"));
        Assert.True(TraceFile.Read(TraceFile.Write(small, "x.sys", "start-stop", "Inconclusive"), "x.trace").Trace.Truncated);
    }

    [Fact]
    public void Every_record_says_in_which_step_of_the_scenario_it_happened()
    {
        var trace = new Trace();
        trace.Add(new DebugPrintRecord("boot"));
        trace.Add(new StimulusRecord(StimulusKind.LoadDriver, "x"));
        trace.Add(new DebugPrintRecord("entry"));
        trace.Add(new StimulusRecord(StimulusKind.StopService, "x"));
        trace.Add(new DebugPrintRecord("unload"));
        Assert.Equal([0, 1, 1, 2, 2], trace.Records.Select(record => record.ScenarioStep));

        var text = TraceFile.Write(trace, "x.sys", "start-stop", "Unloaded");
        Assert.Contains("\"scenarioStep\":2", text.Split('\n')[5], StringComparison.Ordinal);
        Assert.Equal([0, 1, 1, 2, 2], TraceFile.Read(text, "x.trace").Trace.Records.Select(record => record.ScenarioStep));

        // A snapshot that is restored goes back to its step.
        trace.Rewind(3);
        trace.Add(new DebugPrintRecord("again"));
        Assert.Equal([0, 1, 1, 1], trace.Records.Select(record => record.ScenarioStep));
    }

    [Fact]
    public void A_release_by_pointer_is_told_as_what_may_be_paired_otherwise()
    {
        var trace = new Trace();
        trace.Add(new StimulusRecord(StimulusKind.LoadDriver, "x"));
        trace.Add(new ReferenceRecord(new(0xFFFF_E000_0000_1000), "Device", ReferenceCounter.PointerCount, 2, 3, ReferenceCause.ExplicitReference, default));
        trace.Add(new ReferenceRecord(new(0xFFFF_E000_0000_1000), "Device", ReferenceCounter.PointerCount, 3, 2, ReferenceCause.ExplicitReference, default));
        var lines = new StoryTeller("x.sys", site => null).Tell(trace, StoryDetail.Full).ToList();
        Assert.Contains("step 1", lines[1], StringComparison.Ordinal);
        Assert.DoesNotContain("inferred", lines[1], StringComparison.Ordinal);
        Assert.Contains("3 -> 2 (ExplicitReference, by pointer: which taking it ends is inferred)", lines[2], StringComparison.Ordinal);
    }

    private static CallSite Site => new(new VirtualAddress(0xFFFF_F800_1000_12A4), "x.sys", new Rva(0x12A4));

    private static string Text() => TraceFile.Write(Sample(), "x.sys", "start-stop", "Resident");

    private static Trace Sample()
    {
        var trace = new Trace();
        VirtualAddress one = new(0xFFFF_E000_0000_1000), two = new(0xFFFF_E000_0000_2000);
        trace.Add(new ReferenceRecord(one, "Device", ReferenceCounter.IoCount, 0, 1, ReferenceCause.FileOpen, two) { Stack = [Site], Time100ns = 5, Thread = two, Instructions = 9 });
        trace.Add(new RegistrationRecord(RegistrationKind.Timer, true, one, two, default));
        trace.Add(new RoutineRecord("ntoskrnl.exe", "IoCreateDevice", [new("driverObject", one.Value)]) { Result = 0 });
        trace.Add(new DriverCallRecord(DriverCallKind.Dispatch, one, two, Site, 0xC000_0010) { Irp = two });
        trace.Add(new IrpRecord(IrpStep.Sent, one, 0x1B, 2, two, one, default, NtStatus.NotSupported));
        trace.Add(new ObjectRecord(true, one, "Device"));
        trace.Add(new NameRecord(one, "Device", @"\Device\X"));
        trace.Add(new PoolRecord(true, one, 64, 0x7473_614C, false));
        trace.Add(new ImageRecord(true, "x.sys", two, 0x8000));
        trace.Add(new UnloadRecord(UnloadStep.Deferred, one, @"\Driver\x", Attempter.Scm, NtStatus.Success) { Device = two });
        trace.Add(new StimulusRecord(StimulusKind.StopService, "x") { Status = NtStatus.Success, Seen = "sc stop succeeds" });
        trace.Add(new VetoRecord(5, one, @"ROOT\X") { Holders = [new VetoHolder(8, "app.exe", new HandleValue(4), two)] });
        trace.Add(new ClientNotificationRecord("app.exe", 8, ClientEvent.QueryRemove, "DBT_DEVICEQUERYREMOVE", @"ROOT\X") { Answer = ClientAnswer.Refused });
        trace.Add(new LoadRefusedRecord("x2", "x.sys", "x", NtStatus.ImageAlreadyLoaded));
        trace.Add(new SeenRecord(SeenWhere.DeviceManager, 22, "CM_PROB_DISABLED", "disabled"));
        trace.Add(new VerifierRecord(0xC9, 0x201, "why", one));
        trace.Add(new RemoveLockRecord(default, one, two, "x.c", 7));
        trace.Add(new UnsupportedRecord(UnsupportedKind.Export, "Ke\u001bEvil"));
        trace.Add(new DeadlockRecord(one, "held"));
        trace.Add(new BugCheckRecord(0xC9, 1, 2, 3, ulong.MaxValue, "why"));
        trace.Add(new DebugPrintRecord("text\nwith a line feed"));
        return trace;
    }
}

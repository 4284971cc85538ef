using System.Text.Json;
using LastRef.Reports;

namespace LastRef.Tests;

/// <summary>The timeline of a scenario, and the page that shows it.</summary>
public class TimelineTests
{
    private const string File = "stuck.sys";
    private static readonly VirtualAddress _driver = new(0xFFFF_E000_0000_2050);
    private static readonly VirtualAddress _device = new(0xFFFF_E000_0000_1050);
    private static readonly CallSite _site = new(new VirtualAddress(0xFFFF_F800_1000_12A4), File, new Rva(0x12A4));

    [Fact]
    public void A_reference_is_told_from_its_taking_to_its_release()
    {
        var trace = Begun();
        Change(trace, _device, "Device", 1, 2, ReferenceCause.ExplicitReference);
        Change(trace, _device, "Device", 2, 3, ReferenceCause.ExplicitReference);
        Change(trace, _device, "Device", 3, 2, ReferenceCause.ExplicitReference);
        var timeline = Build(trace);
        var explicits = timeline.References.Where(r => r.Cause == "explicitReference").ToArray();
        Assert.Equal(2, explicits.Length);
        Assert.Null(explicits[0].Released); // the last taken is the first given back
        Assert.Equal("0x12a4", explicits[1].ReleasedAt!.Rva);
        Assert.True(explicits[1].Released > explicits[1].Taken);
        Assert.All(explicits, r => Assert.Equal((File, @"\Device\Stuck"), (r.Holder, timeline.Objects.Single(o => o.Id == r.Object).Name)));
    }

    [Fact]
    public void Objects_are_the_driver_and_its_devices_by_their_later_names()
    {
        var timeline = Build(Begun());
        Assert.Equal([("driverObject", @"\Driver\stuck"), ("device", @"\Device\Stuck")], timeline.Objects.Select(o => (o.Kind, o.Name)));
        Assert.Equal("0x12a4", timeline.Objects[1].Made!.Rva);
        var holds = Assert.Single(timeline.References, r => r.Cause == "deviceOfDriver");
        Assert.Equal((@"\Device\Stuck", timeline.Objects[0].Id), (holds.Holder, holds.Object));
    }

    [Fact]
    public void A_new_object_at_an_old_address_is_another_one()
    {
        var trace = Begun();
        Change(trace, _driver, "Driver", 2, 1, ReferenceCause.DeviceOfDriver, _device);
        trace.Add(new ObjectRecord(true, _device, "Device"));
        Change(trace, _driver, "Driver", 1, 2, ReferenceCause.DeviceOfDriver, _device);
        var devices = Build(trace).Objects.Where(o => o.Kind == "device").ToArray();
        Assert.Equal(2, devices.Length);
        Assert.Equal(devices[0].Id + "/2", devices[1].Id);
        Assert.Equal([@"\Device\Stuck", @"\Driver\stuck device 2"], devices.Select(d => d.Name));
    }

    [Fact]
    public void The_two_steps_of_the_unload_are_marked()
    {
        var trace = Begun();
        foreach (var step in new[] { UnloadStep.Deferred, UnloadStep.Invoked, UnloadStep.Returned, UnloadStep.ImageGone })
            trace.Add(new UnloadRecord(step, _driver, @"\Driver\stuck", Attempter.Scm, NtStatus.Success));
        Assert.Equal(["attempt", "attempt", "returned", "gone"], Build(trace).Events.Select(e => e.Mark).OfType<string>());
    }

    [Fact]
    public void Counters_follow_the_records()
    {
        var timeline = Build(Begun());
        Assert.Equal([1L, 2L], timeline.Counts.Where(c => c.Object == timeline.Objects[0].Id).Select(c => c.Value));
    }

    [Fact]
    public void A_report_with_its_timeline_follows_the_schema_and_one_without_has_none()
    {
        var result = Result(Begun());
        using var schema = JsonDocument.Parse(System.IO.File.ReadAllText(Golden.RepositoryFile("schemas", "report.schema.json")));
        using var with = JsonDocument.Parse(ReportJson.Write([new ReportBuilder(new NoSymbols()).Build(result, withTimeline: true)]));
        Assert.Empty(new JsonSchemaCheck(schema.RootElement).Problems(with.RootElement));
        Assert.True(with.RootElement.GetProperty("scenarios")[0].TryGetProperty("timeline", out _));
        using var without = JsonDocument.Parse(ReportJson.Write([new ReportBuilder(new NoSymbols()).Build(result)]));
        Assert.False(without.RootElement.GetProperty("scenarios")[0].TryGetProperty("timeline", out _));
    }

    [Fact]
    public void The_page_holds_its_reports_as_data_that_cannot_end_the_script()
    {
        var trace = Begun();
        trace.Add(new NameRecord(_device, "Device", @"\Device\</script><script>alert(1)</script>{{script}}"));
        var page = HtmlReport.Write([new ReportBuilder(new NoSymbols()).Build(Result(trace), withTimeline: true)]);
        Assert.Equal(2, Occurrences(page, "<script"));
        Assert.DoesNotContain("alert(1)</script>", page, StringComparison.Ordinal);
        var start = page.IndexOf("id=\"reports\">", StringComparison.Ordinal) + "id=\"reports\">".Length;
        using var data = JsonDocument.Parse(page[start..page.IndexOf("</script>", start, StringComparison.Ordinal)]);
        var objects = data.RootElement.GetProperty("reports")[0].GetProperty("scenarios")[0].GetProperty("timeline").GetProperty("objects");
        Assert.Equal(@"\Device\</script><script>alert(1)</script>{{script}}", objects[1].GetProperty("name").GetString());
        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
        Assert.StartsWith("<!DOCTYPE html>", page, StringComparison.Ordinal);
    }

    private static int Occurrences(string text, string part)
    {
        // In the page itself; the script may speak of elements in strings of its own.
        var own = text[..text.IndexOf("<script>", text.IndexOf("id=\"reports\"", StringComparison.Ordinal), StringComparison.Ordinal)] + "<script>";
        return own.Split(part).Length - 1;
    }

    private static Trace Begun()
    {
        var trace = new Trace();
        trace.Add(new DriverCallRecord(DriverCallKind.DriverEntry, _driver, default, new CallSite(default, File, new Rva(0x1000)), null));
        trace.Add(new NameRecord(_driver, "Driver", @"\Driver\stuck"));
        Change(trace, _driver, "Driver", 0, 1, ReferenceCause.KeepAlive);
        trace.Add(new ObjectRecord(true, _device, "Device") { Stack = [_site] });
        Change(trace, _driver, "Driver", 1, 2, ReferenceCause.DeviceOfDriver, _device);
        trace.Add(new NameRecord(_device, "Device", @"\Device\Stuck"));
        return trace;
    }

    private static void Change(Trace trace, VirtualAddress held, string type, long old, long value, ReferenceCause cause, VirtualAddress holder = default) =>
        trace.Add(new ReferenceRecord(held, type, ReferenceCounter.PointerCount, old, value, cause, holder) { Stack = [_site] });

    private static ReportTimeline Build(Trace trace) => new ReportBuilder(new NoSymbols()).Build(Result(trace), withTimeline: true).Scenarios[0].Timeline!;

    private static CheckResult Result(Trace trace)
    {
        var sample = Samples.StuckHybrid();
        return sample with { Scenarios = [sample.Scenarios[0] with { Trace = trace }] };
    }
}

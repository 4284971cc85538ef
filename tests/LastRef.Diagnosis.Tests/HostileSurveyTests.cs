using System.Diagnostics;
using LastRef.Nt;

namespace LastRef.Tests;

/// <summary>Structures that lie: every walk ends in bounded time and memory, and the report says where it was cut off.</summary>
public sealed partial class HostileSurveyTests
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
        "shutdown list in a circle", "last chance list wild", "file system notifications in a circle", "bug check list in a circle", "bug check reasons wild",
        "device timers in a circle", "logon list in a circle", "profile notifications in a circle", "target notifications in a circle",
        "interrupts in a circle", "reference traces in a circle", "reference traces wild",
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
}

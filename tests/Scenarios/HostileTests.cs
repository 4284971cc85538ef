using LastRef.Lab;

namespace LastRef.Tests;

/// <summary>Drivers that loop, jump nowhere or destroy their own objects end in a verdict, within bounds.</summary>
public sealed class HostileTests
{
    [Fact]
    public void An_endless_loop_in_DriverEntry_uses_up_the_budget_and_is_inconclusive()
    {
        var result = Bounded("t-loop.sys", 2_000_000);
        Assert.Equal(Verdict.Inconclusive, result.Verdict);
        Assert.All(result.Scenarios, s => Assert.InRange(s.Instructions, 1_900_000UL, 2_100_000UL));
    }

    [Theory]
    [InlineData("t-wild.sys")]
    [InlineData("t-stack.sys")]
    [InlineData("t-int29.sys")]
    public void A_fault_that_nobody_handles_is_a_crash(string file) => Assert.Equal(Verdict.Crashed, Bounded(file, 50_000_000).Verdict);

    [Fact]
    public void A_driver_that_overwrites_its_own_driver_object_gets_a_verdict_and_not_an_error()
    {
        var result = Bounded("t-selfwrite.sys", 50_000_000);
        Assert.NotEqual(Verdict.Unloaded, result.Verdict);
    }

    [Fact]
    public void Ten_thousand_devices_are_created_and_deleted()
    {
        var result = Bounded("t-manydevices.sys", 200_000_000, "start-stop");
        Assert.Equal(Verdict.Unloaded, result.Verdict);
    }

    [Fact]
    public void A_missing_routine_stops_the_run_when_it_is_called_and_is_named()
    {
        var called = Bounded("t-missing-called.sys", 50_000_000);
        Assert.Equal(Verdict.Inconclusive, called.Verdict);
        Assert.Contains(called.Scenarios.SelectMany(s => s.Verdict.Inconclusive), l => l.Contains("ntoskrnl.exe!", StringComparison.Ordinal));
        Assert.Equal(Verdict.Unloaded, Bounded("t-missing-imported.sys", 50_000_000).Verdict);
    }

    [Fact]
    public void The_same_driver_gives_the_same_run()
    {
        var first = Bounded("model-hybrid-stays.sys", 50_000_000);
        var second = Bounded("model-hybrid-stays.sys", 50_000_000);
        Assert.Equal(Story(first), Story(second));
    }

    [Fact]
    public void Mutated_images_end_in_a_verdict_or_in_one_line()
    {
        var count = Environment.GetEnvironmentVariable("LASTREF_NIGHTLY") == "1" ? 100_000 : 2_000;
        var seed = Environment.GetEnvironmentVariable("LASTREF_SEED") is { } text ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 1;

        // One of each way of life, so that mutations reach AddDevice, requests of the PnP manager and debug data too.
        (byte[] Image, string Scenario)[] originals =
        [
            .. new[] { ("model-legacy.sys", "start-stop"), ("model-pnp.sys", "add-start-remove"), ("model-hybrid-safe.sys", "surprise-removal"), ("r33-defect.sys", "start-stop") }
                .Select(pair => (File.ReadAllBytes(Repository.Driver(pair.Item1)), pair.Item2)),
        ];
        for (var i = 0; i < count; i++)
        {
            var random = new Random(seed + i);
            var (original, scenario) = originals[(seed + i) % originals.Length];
            var mutated = Mutate(original, random);
            try
            {
                var result = new LabChecker().Check(
                    new CheckRequest { Driver = new InputFile("mutated.sys", mutated), Scenarios = [scenario], MaximumInstructions = 200_000 }, new Silent());
                Assert.Single(result.Scenarios);
            }
            catch (InputException refused)
            {
                Assert.DoesNotContain('\n', refused.Message);
            }
            catch (Exception other) when (other is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"LASTREF_SEED={seed + i}: {other}");
            }
        }
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        var file = (byte[])original.Clone();
        if (random.Next(8) == 0)
            Array.Resize(ref file, random.Next(file.Length));
        for (var n = random.Next(1, 12); n > 0 && file.Length > 0; n--)
            file[random.Next(random.Next(2) == 0 ? Math.Min(file.Length, 0x400) : file.Length)] = (byte)random.Next(256);
        return file;
    }

    private static string Story(CheckResult result) =>
        string.Join('\n', result.Scenarios.SelectMany(s => s.Trace.Records.Select(r => r is RoutineRecord c ? $"{c.Routine} {c.Result:x} {c.Site}" : r.GetType().Name + r.Instructions)));

    private static CheckResult Bounded(string file, long instructions, string? scenario = null) =>
        new LabChecker().Check(
            new CheckRequest { Driver = Checks.Input(file), MaximumInstructions = instructions, Scenarios = scenario is null ? [] : [scenario] }, new Silent());

    private sealed class Silent : IProgress<CheckProgress>
    {
        public void Report(CheckProgress value)
        {
        }
    }
}

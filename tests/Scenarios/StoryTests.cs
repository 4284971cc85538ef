using System.Globalization;
using System.Text;
using LastRef.Reports;

namespace LastRef.Tests;

/// <summary>Stories of the model and defect drivers: as they were reviewed, and in the spec's order of events.</summary>
public sealed class StoryTests
{
    /// <summary>Drivers whose every scenario is told; together they live more than sixty.</summary>
    private static readonly string[] _told =
    [
        "model-legacy.sys", "model-pnp.sys", "model-filter.sys", "model-bus.sys", "model-hybrid-safe.sys", "model-hybrid-stays.sys", "model-sideband.sys",
        "r04-defect.sys", "r17-defect.sys", "r19-defect.sys", "r22-defect.sys", "r23-defect.sys", "r28-defect.sys",
    ];

    public static TheoryData<string> Told() => [.. _told];

    [Theory]
    [MemberData(nameof(Told))]
    public void The_stories_of_a_driver_are_as_they_were_reviewed(string file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (Anonymous.IsOn)
            return; // the stories name drivers by their own names
        var text = new StringBuilder();
        foreach (var scenario in Checks.Run(file).Scenarios)
        {
            text.Append(CultureInfo.InvariantCulture, $"== {scenario.Verdict.Scenario}: {scenario.Verdict.Verdict}\n");
            foreach (var line in new StoryTeller(file, _ => null).Tell(scenario.Trace, StoryDetail.Short))
                text.Append(line).Append('\n');
            text.Append('\n');
        }

        var problem = GoldenText.Difference(Path.Combine("Stories", Path.GetFileNameWithoutExtension(file) + ".txt"), GoldenText.WithoutAddresses(text.ToString()));
        Assert.True(problem is null, problem);
    }

    /// <summary>U-2.25, U-3.21 to U-3.23, U-3.44 to U-3.48, U-3.73, U-5.12 to U-5.15, U-5.30 to U-5.32, U-5.40, U-5.84: see <see cref="StoryOrder"/>.</summary>
    [Theory]
    [MemberData(nameof(Told))]
    [Trait("Spec", "U-5.12")]
    [Trait("Spec", "U-5.14")]
    [Trait("Spec", "U-5.15")]
    [Trait("Spec", "U-5.32")]
    [Trait("Spec", "U-5.84")]
    [Trait("Spec", "U-3.47")]
    [Trait("Spec", "U-3.48")]
    [Trait("Spec", "U-3.73")]
    [Trait("Spec", "T-33")]
    public void Every_story_keeps_the_order_of_events(string file)
    {
        var wrong = Checks.Run(file).Scenarios.SelectMany(s => StoryOrder.Violations(s.Trace).Select(v => $"{s.Verdict.Scenario}: {v}")).ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void More_than_sixty_scenarios_are_told()
    {
        var count = _told.Sum(file => Checks.Run(file).Scenarios.Count);
        Assert.True(count >= 60, $"{count} stories");
    }
}

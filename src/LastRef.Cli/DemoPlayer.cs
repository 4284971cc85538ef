using System.Text;
using LastRef.Lab;
using LastRef.Reports;

namespace LastRef.Cli;

/// <summary>Plays a demonstration: each act is a real run in the lab, told step by step.</summary>
internal static class DemoPlayer
{
    public static IEnumerable<string> Play(Demo demo)
    {
        yield return demo.Title;
        yield return new string('=', demo.Title.Length);
        foreach (var line in demo.Intro)
            yield return line;
        var explained = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < demo.Acts.Count; i++)
        {
            yield return "";
            foreach (var line in Play(demo.Acts[i], i + 1, explained))
                yield return line;
        }

        yield return "";
        yield return $"More: {demo.Page}";
    }

    private static IEnumerable<string> Play(DemoAct act, int number, HashSet<string> explained)
    {
        var head = $"{number}. {act.Title}  ({act.Driver}, scenario {act.Scenario})";
        yield return head;
        yield return new string('-', head.Length);
        foreach (var line in act.Intro)
            yield return line;
        yield return "";
        var scenario = Run(act).Scenarios.Single();
        var teller = new StoryTeller(act.Driver, _ => null);
        foreach (var (record, line) in teller.Steps(scenario.Trace, StoryDetail.Short))
        {
            yield return "  " + line;

            // Each thing is explained when it is first seen.
            if (DemoWords.Explain(record, act.Driver) is { } words && explained.Add(words[0]))
            {
                foreach (var word in words)
                    yield return "      | " + word;
            }
        }

        yield return "";
        yield return $"  => {DemoWords.Outcome(scenario.Verdict.Verdict)}";
        foreach (var finding in scenario.Verdict.Findings.Where(f => f.Reason != Reason.Unlisted))
        {
            var info = Reasons.Of(finding.Reason);
            yield return $"     {info.Id}: {info.Title} ({(finding.Counts ? "the driver's own doing" : "a note: a client did it")}; lastref explain {info.Id})";
        }

        foreach (var line in act.Moral)
            yield return line;
    }

    private static CheckResult Run(DemoAct act) => new LabChecker().Check(
        new CheckRequest
        {
            Driver = new InputFile(act.Driver, Read(act.Driver)),
            Scenarios = [act.Scenario],
            Profile = act.Profile is { } profile ? new InputFile("demo", Encoding.UTF8.GetBytes(profile)) : null,
        },
        new NoProgress());

    private static byte[] Read(string driver)
    {
        using var stream = typeof(DemoPlayer).Assembly.GetManifestResourceStream("drivers/" + driver)
            ?? throw new InvariantException($"The tool does not carry {driver}.");
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private sealed class NoProgress : IProgress<CheckProgress>
    {
        public void Report(CheckProgress value)
        {
        }
    }
}

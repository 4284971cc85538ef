using System.Security.Cryptography;
using LastRef.Kernel;
using LastRef.Symbols;

namespace LastRef.Lab;

/// <summary>Runs a driver through the scenarios of its kind, each on a machine of its own, and has each judged.</summary>
public sealed class LabChecker : ILabChecker
{
    public IReadOnlyList<ScenarioDescription> Scenarios { get; } =
        [.. ScenarioCatalogue.All.Select(s => new ScenarioDescription(s.Name, s.Summary))];

    /// <summary>What is wrong with a scenario's name, in one line that names those there are; null for one of them.</summary>
    public string? WhyUnknown(string name) => Scenarios.Any(scenario => scenario.Name == name)
        ? null
        : $"There is no scenario '{name}'; there are: {string.Join(", ", Scenarios.Select(scenario => scenario.Name))}.";

    public CheckResult Check(CheckRequest request, IProgress<CheckProgress> progress)
    {
        var sha = Convert.ToHexStringLower(SHA256.HashData(request.Driver.Content.Span));
        if (request.Replay is { } text)
            request = Apply(ReplayToken.Parse(text), request, sha);
        var image = DriverImageCheck.Parse(request.Driver.Content, request.Driver.Path);
        foreach (var name in request.Scenarios)
        {
            if (WhyUnknown(name) is { } problem)
                throw new UsageException(problem);
        }

        var profile = request.Profile is { } file ? ProfileReader.Read(file) : new DeviceProfile();
        progress.Report(new CheckProgress("probe", 0, 1));
        var subject = Probe.Learn(image, request, profile);
        var exercised = new ExercisedBuilder(image);

        var chosen = Choose(request, subject);
        var outcomes = request.Jobs.RunAll([.. chosen.Select((scenario, index) => (Func<ScenarioOutcome>)(() => Run(scenario, index)))]);
        progress.Report(new CheckProgress("", chosen.Count, chosen.Count));
        foreach (var outcome in outcomes)
        {
            subject.Traits |= outcome.Traits;
            exercised.Add(outcome.Exercised);
        }

        var facts = new DriverFacts(subject.FileName, sha, "x64", Classification.KindOf(subject), subject.Traits);
        return new CheckResult(facts, exercised.Build(), [.. outcomes.Select(o => o.Result)]);

        ScenarioOutcome Run(Scenario scenario, int index)
        {
            progress.Report(new CheckProgress(scenario.Name, index, chosen.Count));
            var token = new ReplayToken(scenario.Name, request.Build, request.Verifier, request.MaximumInstructions, sha);
            return ScenarioRunner.Run(scenario, subject, request, token);
        }
    }

    /// <summary>The options of a machine for a request.</summary>
    internal static MachineOptions OptionsFor(CheckRequest request) => new()
    {
        Build = request.Build,
        MaximumInstructions = request.MaximumInstructions,
        Verifier = request.Verifier,
        AuditReferences = request.AuditReferences,
    };

    private static List<Scenario> Choose(CheckRequest request, Subject subject)
    {
        if (request.Scenarios.Count > 0)
            return [.. request.Scenarios.Select(n => ScenarioCatalogue.All.First(s => s.Name == n))];
        var applicable = ScenarioCatalogue.All.Where(s => s.Applies(subject.Traits)).Concat(ScenarioCatalogue.OfProfile(subject));
        return [.. subject.EntryNeverEnds ? applicable.Take(1) : applicable];
    }

    private static CheckRequest Apply(ReplayToken token, CheckRequest request, string sha)
    {
        if (!sha.StartsWith(token.DriverSha256, StringComparison.Ordinal))
            throw new InputException($"The token was made with another driver file (sha256 {token.DriverSha256}…); {request.Driver.Path} has {sha[..12]}….");
        return request with
        {
            Scenarios = [token.Scenario],
            Build = token.Build,
            Verifier = token.Verifier,
            MaximumInstructions = token.MaximumInstructions,
        };
    }
}

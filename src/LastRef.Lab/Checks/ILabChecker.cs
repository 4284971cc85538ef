namespace LastRef.Lab;

/// <summary>Runs a driver through its scenarios and diagnoses each.</summary>
public interface ILabChecker
{
    /// <summary>Names of the scenarios, in the order in which they run, with a line on each.</summary>
    IReadOnlyList<ScenarioDescription> Scenarios { get; }

    /// <exception cref="InputException">The image is unreadable or Windows would refuse it; the profile is malformed; a scenario does not exist.</exception>
    CheckResult Check(CheckRequest request, IProgress<CheckProgress> progress);
}

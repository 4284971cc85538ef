namespace LastRef.Lab;

/// <summary>Runs jobs that know nothing of each other. A run has no host threads; whoever asks for runs may have some.</summary>
public interface IJobRunner
{
    /// <summary>Runs every job once, in any order and on any thread.</summary>
    /// <returns>The results in the order of the jobs.</returns>
    IReadOnlyList<T> RunAll<T>(IReadOnlyList<Func<T>> jobs);
}

namespace LastRef.Lab;

/// <summary>Runs jobs one after the other, on the caller's thread.</summary>
public sealed class OneByOne : IJobRunner
{
    public IReadOnlyList<T> RunAll<T>(IReadOnlyList<Func<T>> jobs)
    {
        ArgumentNullException.ThrowIfNull(jobs);
        return [.. jobs.Select(job => job())];
    }
}

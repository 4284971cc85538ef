using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using LastRef.Lab;

namespace LastRef.Cli;

/// <summary>Runs jobs on all processors.</summary>
internal sealed class SideBySide : IJobRunner
{
    /// <summary>More at a time would need more memory than they save time.</summary>
    private const int Limit = 8;

    public IReadOnlyList<T> RunAll<T>(IReadOnlyList<Func<T>> jobs)
    {
        if (jobs.Count < 2 || Environment.ProcessorCount < 2)
            return new OneByOne().RunAll(jobs);
        // What a job throws is thrown again as it was, not as part of an aggregate; of several the first job's.
        var results = Select(jobs, Try).ToList();
        results.Find(result => result.Error is not null).Error?.Throw();
        return results.ConvertAll(result => result.Value!);

        static (T? Value, ExceptionDispatchInfo? Error) Try(Func<T> job)
        {
            try
            {
                return (job(), null);
            }
            catch (Exception error)
            {
                return (default, ExceptionDispatchInfo.Capture(error));
            }
        }
    }

    /// <summary>The results in the order of the items, each as soon as it and those before it are there.</summary>
    public static IEnumerable<TResult> Select<T, TResult>(IReadOnlyList<T> items, Func<T, TResult> work) =>
        Partitioner.Create(items, EnumerablePartitionerOptions.NoBuffering).AsParallel().AsOrdered()
            .WithDegreeOfParallelism(Math.Clamp(Environment.ProcessorCount, 1, Limit))
            .WithMergeOptions(ParallelMergeOptions.NotBuffered).Select(work);
}

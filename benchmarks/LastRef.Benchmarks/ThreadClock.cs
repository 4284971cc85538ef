using System.Runtime.InteropServices;

namespace LastRef.Benchmarks;

/// <summary>Processor time of this thread: other processes on the machine do not count.</summary>
internal static unsafe partial class ThreadClock
{
    /// <summary>Nanoseconds that the action took.</summary>
    public static double Measure(Action action)
    {
        long before = Now();
        action();
        return Now() - before;
    }

    private static long Now()
    {
        const int ThreadCpuTime = 3;
        long* time = stackalloc long[2];
        if (GetTime(ThreadCpuTime, time) != 0)
            throw new InvalidOperationException("no thread clock");
        return (time[0] * 1_000_000_000) + time[1];
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, long* time);
}

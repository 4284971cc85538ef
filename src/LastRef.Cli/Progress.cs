using LastRef.Lab;
using Spectre.Console;

namespace LastRef.Cli;

/// <summary>How far a check has come, on standard error: a bar on a terminal, a line a scenario in a pipe.</summary>
internal static class Progress
{
    /// <param name="isOneOfMany">Several run at a time: on a terminal no bar is drawn, as the reports come one after the other.</param>
    public static CheckResult Show(string file, Func<IProgress<CheckProgress>, CheckResult> check, bool isOneOfMany = false)
    {
        if (Console.IsErrorRedirected)
            return check(new Lines(file));
        if (isOneOfMany)
            return check(new Silent());
        return Terminal.Error().Progress().AutoClear(true).HideCompleted(true)
            .Start(context => check(new Bar(context.AddTask(Markup.Escape(file)))));
    }

    /// <summary>Reports on the calling thread: <see cref="Progress{T}"/> would post to another.</summary>
    private sealed class Lines(string file) : IProgress<CheckProgress>
    {
        public void Report(CheckProgress value)
        {
            if (value.Scenario.Length > 0)
                Console.Error.WriteLine($"{file}: {value.Scenario} ({value.Done + 1}/{value.Total})");
        }
    }

    private sealed class Silent : IProgress<CheckProgress>
    {
        public void Report(CheckProgress value)
        {
        }
    }

    private sealed class Bar(ProgressTask task) : IProgress<CheckProgress>
    {
        public void Report(CheckProgress value)
        {
            task.MaxValue = Math.Max(1, value.Total);
            task.Value = value.Done;
            if (value.Scenario.Length > 0)
                task.Description = Markup.Escape(value.Scenario);
        }
    }
}

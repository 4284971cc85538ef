using Spectre.Console;

namespace LastRef.Cli;

/// <summary>How far the reading of a dump has come: a bar on a terminal, nothing in a pipe.</summary>
internal static class DumpProgress
{
    public static int Show(string file, Func<IProgress<SurveyProgress>, Func<int>> work)
    {
        if (Console.IsErrorRedirected)
            return work(new Silent())();
        var show = Terminal.Error().Progress().AutoClear(true).HideCompleted(true)
            .Start(context => work(new Bar(context.AddTask(Markup.Escape(file), maxValue: 1))));

        // Written when the bar is gone: the two would share the terminal.
        return show();
    }

    private sealed class Silent : IProgress<SurveyProgress>
    {
        public void Report(SurveyProgress value)
        {
        }
    }

    private sealed class Bar(ProgressTask task) : IProgress<SurveyProgress>
    {
        public void Report(SurveyProgress value)
        {
            task.IsIndeterminate = value.Total == 0;
            task.MaxValue = Math.Max(1, value.Total);
            task.Value = value.Done;
            task.Description = Markup.Escape(value.Total == 0 ? $"{value.Work} ({value.Done} MB)" : value.Work);
        }
    }
}

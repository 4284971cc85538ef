namespace LastRef.Reports;

/// <summary>The wait-for graph as a short tree: a thread, what it waits for, who could end that.</summary>
public sealed partial class ConsoleReport
{
    private void WriteWait(ReportWait wait, string indent, bool isLast)
    {
        var below = indent + (isLast ? "   " : "│  ");
        var site = wait.Site is { } at ? $", at {at}" : "";
        Folded($"{indent}{(isLast ? "└─" : "├─")} ", wait.Thread + " ", "[bold]", WaitWords.Of(wait) + site, hanging: indent.Length + 3);
        var signallers = wait.Objects.SelectMany(o => o.Signallers).ToList();
        for (var i = 0; i < signallers.Count; i++)
            WriteSignaller(signallers[i], below, i == signallers.Count - 1);
    }

    private void WriteSignaller(ReportSignaller signaller, string indent, bool isLast)
    {
        var site = signaller.Site is { } at ? $", {WaitWords.Where(signaller.Kind)} {at}" : "";
        var circle = signaller.ClosesCircle ? ", which waits for this thread: a circle" : "";
        Folded($"{indent}{(isLast ? "└─" : "├─")} ", WaitWords.Role(signaller.Kind), "", signaller.Name + site + circle, hanging: indent.Length + 3);
        if (signaller.Waits is { } waits)
            WriteWait(waits, indent + (isLast ? "   " : "│  "), true);
    }
}

namespace LastRef.Reports;

/// <summary>Findings: who holds as a tree, what is missing, the fix.</summary>
public sealed partial class ConsoleReport
{
    private void WriteFinding(ReportFinding finding, IReadOnlyList<string> scenarios, bool verbose, bool isFirst, bool isAlone)
    {
        Line("");
        Folded("", finding.Reason + " ", "[bold]",
            $"{finding.Title} ({finding.Certainty.ToLowerInvariant()}{(finding.Inferred ? ", inferred" : "")}, fault of {BlameWords(finding.Blame)}, rule {finding.Rule})", hanging: 2);
        for (var i = 0; i < finding.Holders.Count; i++)
            WriteHolder(finding.Holders[i], "  ", i == finding.Holders.Count - 1 && finding.Wait is null, finding.Phase);
        if (finding.Wait is { } wait)
            WriteWait(wait, "  ", true);
        else if (finding.Holders.Count == 0 && finding.Site is { } site)
            Folded("  ", "at ", "", site.ToString());
        if (!isFirst && !verbose)
        {
            Folded("  ", "fix:      ", "[green]", finding.Fix);
            return;
        }

        if (finding.Missing is { } missing)
            Folded("  ", "missing:  ", "", missing);
        var evidence = verbose ? finding.Evidence : [.. finding.Evidence.Take(isAlone ? FewEvidence : 1)];
        for (var i = 0; i < evidence.Count; i++)
            Folded("  ", i == 0 ? "because:  " : "          ", "", evidence[i].Text + (verbose ? Where(evidence[i]) : ""));
        foreach (var unobserved in verbose ? finding.Unobserved : [])
            Folded("  ", "not seen: ", "", unobserved);
        if (finding.Others.Count > 0)
            Folded("  ", "others:   ", "", OthersWords(finding.Others));
        Folded("  ", "fix:      ", "[green]", finding.Fix);
        Folded("  ", "in:       ", "", $"{Few(scenarios, verbose)} (lastref explain {(finding.Reason.StartsWith('R') ? finding.Reason : finding.Rule)})");
    }

    private void WriteHolder(ReportHolder holder, string indent, bool isLast, string phase)
    {
        var counter = holder.Counter is { } name ? $"holds {CounterWords(name)}" : phase == nameof(Phase.L) ? "was left behind" : "still points into the image";
        var site = holder.Site is { } at ? $", from {at}" : "";
        Folded($"{indent}{(isLast ? "└─" : "├─")} ", holder.Name + " ", "[bold]", counter + site, hanging: indent.Length + 3);
        for (var i = 0; i < holder.HeldBy.Count; i++)
            WriteHolder(holder.HeldBy[i], indent + (isLast ? "   " : "│  "), i == holder.HeldBy.Count - 1, phase);
    }

    private static string CounterWords(string counter) => counter switch
    {
        "pointerCount" => "an object reference (PointerCount)",
        "handleCount" => "a handle (HandleCount)",
        "ioCount" => "the device open (DEVICE_OBJECT.ReferenceCount)",
        "attachment" => "the device below (AttachedDevice)",
        "loadCount" => "the image (LoadCount)",
        "removeLock" => "the remove lock (IoCount)",
        _ => counter,
    };

    /// <summary>What becomes of the other findings when this one alone is fixed.</summary>
    private static string OthersWords(IReadOnlyList<ReportOther> others)
    {
        var remain = others.Where(other => other.Remains).Select(NameOf).Distinct().ToList();
        var go = others.Where(other => !other.Remains).Select(NameOf).Distinct().ToList();
        return string.Join("; ",
            (remain.Count > 0 ? new[] { $"{string.Join(", ", remain)} would remain when this is fixed" } : [])
            .Concat(go.Count > 0 ? new[] { $"{string.Join(", ", go)} would go with it" } : []));
    }

    private static string NameOf(ReportOther other) => other.Reason.StartsWith('R') ? other.Reason : $"'{other.Title}'";

    private static string BlameWords(ReportBlame blame) => blame.Party switch
    {
        "neighbour" => blame.Image.Length > 0 ? $"the neighbour {blame.Image}" : "the other driver",
        "client" => blame.Image.Length > 0 ? $"the client {blame.Image}" : "the client",
        "unknown" => "a driver that memory does not tell",
        var party => $"the {party}",
    };

    private static string Where(ReportEvidence evidence) => evidence.Field is { } field ? $" ({field} = {evidence.Value})" : "";
}

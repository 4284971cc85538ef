namespace LastRef;

/// <summary>A removal that was refused, with the step that asked for it and what became of it.</summary>
/// <param name="Asked">The step; null when a driver or the system asked.</param>
/// <param name="IsOver">A later removal of the same device was not refused.</param>
internal sealed record Refusal(VetoRecord Veto, StimulusRecord? Asked, bool IsOver)
{
    /// <summary>PNP_VETO_TYPE (spec 5.6).</summary>
    public const int PendingClose = 2;
    public const int WindowsApp = 3;
    public const int WindowsService = 4;
    public const int OutstandingOpen = 5;
    public const int Device = 6;
    public const int Driver = 7;
    public const int NonDisableable = 10;

    /// <summary>The device that was to be removed, by its instance path; the vetoing one when nobody knows better.</summary>
    public string Subject => Asked?.Subject ?? Veto.Name;

    /// <summary>True when another device than the one asked for refused: a child, or a removal relation.</summary>
    public bool IsOfAnother => Asked is not null && Veto.VetoType is PendingClose or OutstandingOpen or Device or NonDisableable
        && !string.Equals(Asked?.Subject, Veto.Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>All refusals of a run, oldest first.</summary>
    public static IEnumerable<Refusal> Of(Situation situation)
    {
        var steps = situation.Records<StimulusRecord>().Where(s => IsRemoval(s.Kind)).ToList();
        foreach (var veto in situation.Records<VetoRecord>())
        {
            var asked = steps.LastOrDefault(s => s.Sequence < veto.Sequence);
            var isOver = asked is not null && steps.Exists(s =>
                s.Sequence > veto.Sequence && s.Status is { IsSuccess: true } && string.Equals(s.Subject, asked.Subject, StringComparison.OrdinalIgnoreCase));
            yield return new Refusal(veto, asked, isOver);
        }
    }

    private static bool IsRemoval(StimulusKind kind) => kind is StimulusKind.RemoveDevice or StimulusKind.DisableDevice
        or StimulusKind.EjectDevice or StimulusKind.UninstallDevice or StimulusKind.UpdateDriver or StimulusKind.QueryRemove;
}

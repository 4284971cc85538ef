namespace LastRef;

/// <summary>R-27: a handle on a child keeps its parent; the parent itself nobody has open.</summary>
internal sealed class ChildHandleRule : IDiagnosisRule
{
    public Reason Reason => Reason.ChildKeepsParent;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        var refusal = Refusal.Of(situation).LastOrDefault(r => r.IsOfAnother && r.Veto.VetoType is Refusal.OutstandingOpen or Refusal.PendingClose);
        if (refusal is not { Asked: { } asked })
            yield break;
        var opened = refusal.Veto.Holders is [var first, ..] ? first : null;
        var client = situation.Context.Clients.FirstOrDefault(c =>
            c.Party == Party.Client && opened is not null && c.Image.StartsWith(opened.ProcessName, StringComparison.OrdinalIgnoreCase));
        var who = client?.Image ?? opened?.ProcessName ?? refusal.Veto.Owner ?? "somebody";
        var isOwnChild = situation.IsDriver(situation.OwnerOf(refusal.Veto.Device));
        yield return situation.Find(
            Reason, new Blame(opened is null ? Party.System : Party.Client, client?.Image ?? opened?.ProcessName ?? ""),
            $"{who} had {refusal.Veto.Name} open, a child of {asked.Subject}: the parent cannot be removed, although nobody has it open.",
            [new Holder(HolderKind.FileObject, $"open of {refusal.Veto.Name} by {who}", opened?.File ?? default, ReferenceCounter.IoCount, null)],
            [
                Evidence.Seen(refusal.Veto, $"the child refused: veto type {refusal.Veto.VetoType}, {refusal.Veto.Name}"),
                .. isOwnChild
                    ? new[] { Evidence.Memory(refusal.Veto.Device, "DEVICE_OBJECT.DriverObject", situation.Context.DriverObject.Value, $"the child's PDO is a device of {situation.Context.DriverImage}") }
                    : [],
            ],
            null, missing: opened is null ? null : $"handle {opened.Handle} of process {opened.ProcessId} was not closed")
            with { Counts = !refusal.IsOver && client is not { IsOfLab: true }, IsOver = refusal.IsOver };
    }
}

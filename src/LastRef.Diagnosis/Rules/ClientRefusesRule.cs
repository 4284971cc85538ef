namespace LastRef;

/// <summary>R-09: an application or service was asked and refused.</summary>
internal sealed class ClientRefusesRule : IDiagnosisRule
{
    public Reason Reason => Reason.OpenHandleVetoesRemoval;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        var refusal = Refusal.Of(situation).LastOrDefault(r => r.Veto.VetoType is Refusal.WindowsApp or Refusal.WindowsService);
        var answer = refusal is null ? null : situation.Records<ClientNotificationRecord>()
            .LastOrDefault(r => r.Sequence < refusal.Veto.Sequence && r is { Event: ClientEvent.QueryRemove, Answer: ClientAnswer.Refused });
        if (refusal is null || answer is null)
            yield break;
        var client = situation.Context.Clients.FirstOrDefault(c => c.Image.Equals(answer.Client, StringComparison.OrdinalIgnoreCase));
        yield return situation.Find(
            Reason, new Blame(Party.Client, answer.Client),
            $"{answer.Client} (process {answer.ProcessId}) was asked whether {answer.Subject} may be removed, and refused.", [],
            [
                Evidence.Seen(answer, $"{answer.Message} was answered with a refusal"),
                Evidence.Seen(refusal.Veto, $"the removal was refused: veto type {refusal.Veto.VetoType}, {refusal.Veto.Name}"),
            ],
            null)
            with { Counts = !refusal.IsOver && client is not { IsOfLab: true }, IsOver = refusal.IsOver };
    }
}

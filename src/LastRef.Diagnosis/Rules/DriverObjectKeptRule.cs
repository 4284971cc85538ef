namespace LastRef;

/// <summary>R-34: another driver keeps a reference to the driver object.</summary>
internal sealed class DriverObjectKeptRule : IDiagnosisRule
{
    public Reason Reason => Reason.DriverObjectKept;

    public IEnumerable<Finding> Apply(Situation situation) => KeptReference.Of(situation)
        .Where(kept => kept.IsDriverObject && situation.BlameOf(kept.Taken.Site).Party == Party.Neighbour)
        .Select(kept =>
        {
            var blame = situation.BlameOf(kept.Taken.Site);
            return kept.Report(situation, Reason, blame, $"{blame.Image} keeps a reference to the driver object {kept.Name}: DriverUnload ran, but the image stays.");
        });
}

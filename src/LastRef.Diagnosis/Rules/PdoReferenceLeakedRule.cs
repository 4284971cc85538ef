namespace LastRef;

/// <summary>R-29: the bus driver references a PDO more often than the PnP manager gives back (U-5.70).</summary>
internal sealed class PdoReferenceLeakedRule : IDiagnosisRule
{
    public Reason Reason => Reason.PdoReferenceLeaked;

    public IEnumerable<Finding> Apply(Situation situation) => KeptReference.Of(situation)
        .Where(kept => IsCase(situation, kept))
        .GroupBy(kept => kept.Object)
        .Select(group => group.First().Report(situation, Reason, situation.BlameDriver,
            $"{situation.Context.DriverImage} references the PDO of a child {group.Count()} time(s) more than is given back: "
            + "DriverUnload ran and the PDO is deleted, but its memory stays, and with it the image."));

    /// <summary>A reference of the bus driver to a physical device object of its own that is deleted.</summary>
    internal static bool IsCase(Situation situation, KeptReference kept) =>
        !kept.IsDriverObject && situation.WasPdo(kept.Object) && kept.Blame.Party == Party.Driver;
}

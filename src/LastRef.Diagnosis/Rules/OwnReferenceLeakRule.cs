namespace LastRef;

/// <summary>R-32: the driver keeps a reference to its own device or driver object.</summary>
internal sealed class OwnReferenceLeakRule : IDiagnosisRule
{
    public Reason Reason => Reason.ReferenceLeakOfOwn;

    public IEnumerable<Finding> Apply(Situation situation) => KeptReference.Of(situation)
        .Where(kept => kept.Blame.Party == Party.Driver && !PdoReferenceLeakedRule.IsCase(situation, kept))
        .Select(kept => kept.Report(situation, Reason, situation.BlameDriver,
            $"{situation.Context.DriverImage} {Did(kept)}: DriverUnload ran, but the object stays, and with it the image."));

    private static string Did(KeptReference kept) => kept.IsErrorLogEntry
        ? $"allocated an error log entry, which references {kept.Name}, and neither wrote nor freed it"
        : $"{(kept.IsHandle ? "opened a handle" : "took a reference")} to {kept.Name} and never gave it back";
}

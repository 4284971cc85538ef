namespace LastRef;

/// <summary>R-37: the driver object is gone, but images that import this one keep it.</summary>
internal sealed class ImportedRule : IDiagnosisRule
{
    public Reason Reason => Reason.ImportedByAnotherImage;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (situation.Capture is not { Module: { } module, Driver: null } || situation.Image != ImageState.Pinned)
            yield break;
        foreach (var taken in situation.Ledger.Outstanding(module.Entry, ReferenceCounter.LoadCount)
            .Where(r => r.Cause == ReferenceCause.ImageImport).Take(Limits.Devices))
        {
            var importer = situation.Capture.Modules.FirstOrDefault(m => m.Entry == taken.Holder)?.Name ?? "another image";
            yield return situation.Find(
                Reason, new Blame(Party.Neighbour, importer),
                $"{importer} imports {situation.Context.DriverImage}: the driver object is gone, but the image stays as long as its importer does.",
                [new Holder(HolderKind.Importer, importer, taken.Holder, ReferenceCounter.LoadCount, null)],
                [Evidence.Memory(module.Entry, "KLDR_DATA_TABLE_ENTRY.LoadCount", (ulong)module.LoadCount, $"load count {module.LoadCount}"), Evidence.Seen(taken, "counted for the import")],
                null);
        }
    }
}

namespace LastRef;

/// <summary>R-37: the driver object is gone, but images that import this one keep it.</summary>
internal sealed class ImportedRule : IDiagnosisRule
{
    public Reason Reason => Reason.ImportedByAnotherImage;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        if (situation.Trace is null)
        {
            foreach (var finding in FromMemory(situation))
                yield return finding;
            yield break;
        }

        if (situation.Capture is not { Module: { } module, Driver: null } || situation.Image != ImageState.Pinned)
            yield break;
        if (situation.Trace is null)
        {
            // Memory says that somebody imports it, not who: the loader's list of imports is not among the public types.
            if (module.LoadCount > 0)
            {
                yield return situation.Find(
                    Reason, new Blame(Party.Neighbour, ""),
                    $"The driver object of {situation.Context.DriverImage} is gone, but its image is still counted as used {module.LoadCount} time(s): another image imports from it.",
                    [new Holder(HolderKind.Importer, "an image that imports it", module.Entry, ReferenceCounter.LoadCount, null)],
                    [Evidence.Memory(module.Entry, "KLDR_DATA_TABLE_ENTRY.LoadCount", (ulong)module.LoadCount, $"load count {module.LoadCount}")],
                    null, isComplete: false);
            }

            yield break;
        }

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

    /// <summary>Without a history: the image is loaded, no driver object of it is left or its DriverUnload returned, and others import it.</summary>
    private IEnumerable<Finding> FromMemory(Situation situation)
    {
        if (situation.Capture is not { Module: { } module } || (situation.Driver is not null && situation.Image != ImageState.Pinned))
            yield break;
        foreach (var importer in situation.Capture.Importers.Take(Limits.Devices))
        {
            yield return situation.Find(
                Reason, new Blame(Party.Neighbour, importer.Name),
                $"{importer.Name} imports {situation.Context.DriverImage}: the driver object is gone, but the image stays as long as its importer does.",
                [new Holder(HolderKind.Importer, importer.Name, importer.Entry, ReferenceCounter.LoadCount, null)],
                [Evidence.Memory(module.Entry, "KLDR_DATA_TABLE_ENTRY.LoadCount", (ulong)module.LoadCount, $"load count {module.LoadCount}")],
                null);
        }
    }
}

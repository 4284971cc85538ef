namespace LastRef;

/// <summary>R-48: two services name one image, which can be in memory for one of them only.</summary>
internal sealed class SharedImageRule : IDiagnosisRule
{
    public Reason Reason => Reason.ImageOfTwoServices;

    public IEnumerable<Finding> Apply(Situation situation)
    {
        var refused = situation.Records<LoadRefusedRecord>().LastOrDefault(r => situation.IsOurImage(r.ImageFile)
            && r.LoadedBy is not null && !r.LoadedBy.Equals(r.Service, StringComparison.OrdinalIgnoreCase));
        if (refused is null)
            yield break;
        var client = situation.Context.Clients.FirstOrDefault(c => c.Party == Party.Client);
        yield return situation.Find(
            Reason, new Blame(Party.Client, client?.Image ?? ""),
            $"The services {refused.LoadedBy} and {refused.Service} both name {refused.ImageFile}: while it is in memory for the one, the other cannot load it (code 38).",
            [],
            [Evidence.Seen(refused, $"the load for {refused.Service} was refused with {refused.Status}; the image is in memory for {refused.LoadedBy}")],
            null)
            with { Counts = client is not { IsOfLab: true } };
    }
}

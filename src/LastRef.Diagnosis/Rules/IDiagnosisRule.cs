namespace LastRef;

/// <summary>Finds one reason of the catalogue.</summary>
internal interface IDiagnosisRule
{
    Reason Reason { get; }

    /// <summary>
    /// Whether the rule can say anything of a run that ended so: what is still there in the middle of a run is no finding, only
    /// what has already gone wrong.
    /// </summary>
    bool AppliesTo(RunEnd end) => end == RunEnd.Completed;

    IEnumerable<Finding> Apply(Situation situation);
}

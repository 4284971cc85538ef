namespace LastRef;

/// <summary>Finds one reason of the catalogue.</summary>
internal interface IDiagnosisRule
{
    Reason Reason { get; }

    IEnumerable<Finding> Apply(Situation situation);
}

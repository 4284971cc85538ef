namespace LastRef;

/// <summary>How far a survey has come.</summary>
/// <param name="Work">What is being done, for people.</param>
/// <param name="Total">Zero when it is not known.</param>
public readonly record struct SurveyProgress(string Work, long Done, long Total);

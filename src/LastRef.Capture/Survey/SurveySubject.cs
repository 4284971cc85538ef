namespace LastRef;

/// <summary>What the name of a driver stands for on a surveyed machine.</summary>
/// <param name="Driver">The driver object; null when there is none, or it could not be found.</param>
/// <param name="Module">The loaded image; null when it is not loaded.</param>
/// <param name="Unloaded">Its newest entry in the history of unloaded images; null when it has none.</param>
public sealed record SurveySubject(SurveyedDriver? Driver, CapturedModule? Module, SurveyedImage? Unloaded)
{
    /// <summary>File name of the image.</summary>
    public string ImageName => Module?.Name ?? Driver?.ImageName ?? Unloaded?.Name ?? Driver?.ShortName ?? "?";
}

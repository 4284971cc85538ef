namespace LastRef.Reports;

/// <summary>How much of a trace a story tells.</summary>
public enum StoryDetail
{
    /// <summary>Stimuli, attempts, what the driver was told, how it ended: a few lines.</summary>
    Short,

    /// <summary>Every record from the first stimulus on (not the boot of the machine): for <c>lastref trace</c>.</summary>
    Full,
}

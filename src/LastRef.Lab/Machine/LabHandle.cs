namespace LastRef.Lab;

/// <summary>A handle that an application has open.</summary>
/// <param name="Path">What it opened.</param>
internal sealed record LabHandle(LabApplication Application, string Path, HandleValue Value)
{
    public bool IsClosed { get; set; }
}

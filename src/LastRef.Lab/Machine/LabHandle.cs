using LastRef.Kernel;

namespace LastRef.Lab;

/// <summary>A handle that an application has open.</summary>
/// <param name="Path">What it opened.</param>
internal sealed record LabHandle(LabApplication Application, string Path, HandleValue Value)
{
    public bool IsClosed { get; set; }

    /// <summary>Overlapped requests that have not been seen to complete.</summary>
    public List<PendingRequest> Requests { get; } = [];
}
